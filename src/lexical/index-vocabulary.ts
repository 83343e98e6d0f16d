import type { KnownWord, Vocabulary } from '../text/vocabulary.js';
import type { KnownTerms } from './known-terms.js';
import type { SegmentReader } from './segment-reader.js';
import { documentsWriting, frequentWords, wordsOf } from './written-vocabulary.js';

/** Documents that one query looks into to see which words stand together, and such for one pair of words. */
const mostLookedInto = 2 ** 14;
const mostForOne = 2 ** 10;
/** The same for words that stand beside each other anywhere. */
const mostSharing = 2 ** 15;
const mostForPair = 2 ** 9;

/** Words of one query that are mended, the first ones. */
const mostMended = 64;
/** Words of the index that are gone through for near ones; a look-up counts as so many at least, so that there are 32 of them at most. */
const mostGoneThrough = 2 ** 24;
const leastGoneThrough = 2 ** 19;
/** Beginnings of words that are looked up for one query. */
const mostBeginnings = 16;

/**
 * The vocabulary of an index as it is now, for all texts of one query: what it may be asked is bounded, also where the answer is known already.
 * @param terms      of all segments
 * @param documents  live ones in them
 */
export function vocabularyOf(terms: KnownTerms, idf: (df: number) => number, documents: number): Vocabulary {
  const { segments, df } = terms;
  let left = mostLookedInto;
  let [words, looks, sharingLeft, beginnings] = [mostMended, mostGoneThrough, mostSharing, mostBeginnings];
  return {
    documents,
    df,
    idf,
    *learning() {
      for (const words of wordsOf(segments)) yield* words.learning();
    },
    near: (key, term, edits) => {
      if (looks <= 0) return [];
      const all = segments.reduce((sum, { words: own }) => sum + (own?.count ?? 0), 0);
      looks -= Math.max(leastGoneThrough, all);
      const question = `${edits} ${key} ${term}`;
      const known = terms.near.get(question);
      if (known !== undefined) return known;
      const found = nearWords(segments, key, term, edits);
      // what is not learnt yet finds nothing
      if (wordsOf(segments).every(({ isLearnt }) => isLearnt)) terms.near.set(question, found);
      return found;
    },
    beginning: (key, most) =>
      beginnings-- > 0 ? frequentWords(wordsOf(segments), key, most).map(({ term }) => term) : [],
    sharing: (a, b) => {
      const [rarer, other] = df(a) <= df(b) ? [a, b] : [b, a];
      const most = Math.min(sharingLeft, mostForPair);
      const { found, looked } = terms.shared(rarer, other, most);
      sharingLeft -= looked;
      return looked < most || looked === 0 ? found : (found * df(rarer)) / looked;
    },
    takesWord: () => words-- > 0,
    together: (asked, least = 0) => {
      const rarest = Math.min(...asked.map(df));
      if (rarest === 0) return 0;
      const most = Math.min(left, mostForOne);
      if (most <= 0) return 0;
      // of so many that are looked into at most so many may not hold them together
      const cap = Math.min(most, rarest);
      const { found, looked } = terms.together(asked, most, cap - Math.ceil((least * cap) / rarest));
      left -= looked;
      const documents = looked < most || looked === 0 ? found : (found * rarest) / looked;
      return documents < least ? 0 : documents;
    },
    // taken where the work would give the same: as much is left as then, or both times so much that nothing is left out
    cuts: (question, work) => {
      const kept = terms.cuts.get(question);
      if (kept !== undefined && (left === kept.before || Math.min(left, kept.before) - kept.looked >= mostForOne)) {
        left -= kept.looked;
        return kept.cuts;
      }
      const before = left;
      const cuts = work();
      terms.cuts.set(question, { cuts, looked: before - left, before });
      return cuts;
    },
  };
}

/** Of segments that were written before words were kept, terms. */
function nearWords(segments: readonly SegmentReader[], key: string, term: string, edits: 1 | 2): KnownWord[] {
  const written = wordsOf(segments);
  const near = new Set(written.flatMap(words => words.near(key, edits)));
  const found = Array.from(near, (word): KnownWord => ({ word, documents: documentsWriting(written, word) }));
  const others = segments.filter(({ words }) => words === undefined);
  for (const other of new Set(others.flatMap(segment => segment.fuzzy(term, edits)))) {
    const documents = segments.reduce((sum, segment) => sum + segment.documentFrequency(other), 0);
    found.push({ word: other, term: other, documents });
  }
  return found;
}
