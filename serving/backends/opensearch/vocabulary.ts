import type { Vocabulary } from '../../../src/text/vocabulary.js';
import type { Lookups } from './lookups.js';

/** What one query may ask, as an index of this machine bounds it (src/lexical/index-vocabulary.ts). */
const mostWords = 64;
const mostNear = 32;
const mostBeginnings = 16;
/** Sets of words that are counted in documents. */
const mostSets = 256;

/**
 * The words of an index of a cluster, for all texts of one query.
 * @param documents  N
 */
export function clusterVocabulary(lookups: Lookups, documents: number, idf: (df: number) => number): Vocabulary {
  const { df } = lookups;
  let [words, near, beginnings, sets] = [mostWords, mostNear, mostBeginnings, mostSets];
  return {
    documents,
    df,
    idf,
    *learning() {},
    near: (key, _term, edits) => (near-- > 0 ? lookups.near(key, edits) : []),
    beginning: (key, most) => (beginnings-- > 0 ? lookups.beginning(key, most).map(({ term }) => term) : []),
    sharing: (a, b) => (df(a) > 0 && df(b) > 0 && sets-- > 0 ? lookups.sharing([a, b].sort()) : 0),
    // each is looked up anew until the cluster has told all that it depends on
    cuts: (_question, work) => work(),
    takesWord: () => words-- > 0,
    together: (asked, least = 0) => {
      if (asked.some(term => df(term) === 0) || sets-- <= 0) return 0;
      const found = lookups.together(asked);
      return found < least ? 0 : found;
    },
  };
}
