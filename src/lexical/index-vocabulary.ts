import { inSequence } from '../text/asked-terms.js';
import type { Vocabulary } from '../text/vocabulary.js';
import { noMoreDocuments, type PostingIterator, type SegmentReader } from './segment-reader.js';
import { phraseFrequency } from './tree/phrase-frequency.js';

/** Documents that one query looks into to see which words stand together, and such for one pair of words. */
const mostLookedInto = 2 ** 14;
const mostForOne = 2 ** 10;

/** Words of one query that are mended, the first ones, and look-ups of near terms, which go through the dictionary: two for a word that is unknown. */
const mostMended = 64;
const mostNear = 64;

/** The vocabulary of an index as it is now, for all texts of one query: what it may be asked is bounded. @param segments  all of them */
export function vocabularyOf(segments: readonly SegmentReader[], idf: (df: number) => number): Vocabulary {
  const counts = new Map<string, number>();
  let left = mostLookedInto;
  let [words, looks] = [mostMended, mostNear];
  const df = (term: string): number => {
    const known = counts.get(term);
    if (known !== undefined) return known;
    const documents = segments.reduce((sum, segment) => sum + segment.documentFrequency(term), 0);
    counts.set(term, documents);
    return documents;
  };
  return {
    df,
    idf,
    near: (term, edits) => (looks-- > 0 ? new Set(segments.flatMap(segment => segment.fuzzy(term, edits))) : []),
    takesWord: () => words-- > 0,
    together: terms => {
      const rarest = Math.min(...terms.map(df));
      if (rarest === 0) return 0;
      const most = Math.min(left, mostForOne);
      let [found, looked] = [0, 0];
      for (const segment of segments) {
        const seen = togetherIn(segment, terms, df, most - looked);
        found += seen.found;
        looked += seen.looked;
        if (looked >= most) break;
      }
      left -= looked;
      return looked < most || looked === 0 ? found : (found * rarest) / looked;
    },
  };
}

/** @param most  documents looked into, at most */
function togetherIn(
  segment: SegmentReader,
  terms: readonly string[],
  df: (term: string) => number,
  most: number,
): { found: number; looked: number } {
  const names = [...new Set(terms)];
  const postings = names.map(term => segment.postings(term));
  const known = postings.filter((each): each is PostingIterator => each !== undefined);
  let [found, looked] = [0, 0];
  if (known.length < names.length) return { found, looked };
  const rarest = names.reduce((least, term, i) => (df(term) < df(names[least]) ? i : least), 0);
  const lead = known[rarest];
  const others = known.filter(each => each !== lead);
  const words = inSequence(terms).map(({ term, position }) => ({ term: names.indexOf(term), offset: position }));
  for (let doc = lead.next(); doc !== noMoreDocuments && looked < most; doc = lead.next()) {
    looked++;
    const holds = (each: PostingIterator): boolean => (each.doc >= doc ? each.doc : each.advance(doc)) === doc;
    if (segment.isLive(doc) && others.every(holds) && standTogether(segment.fieldCount, known, words)) found++;
  }
  return { found, looked };
}

const standTogether = (
  fields: number,
  postings: readonly PostingIterator[],
  words: readonly { readonly term: number; readonly offset: number }[],
): boolean =>
  Array.from({ length: fields }, (_, field) => field).some(
    field =>
      postings.every(each => each.frequency(field) > 0) &&
      phraseFrequency(
        words,
        postings.map(each => each.positions(field)),
        0,
      ) > 0,
  );
