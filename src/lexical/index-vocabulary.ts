import { inSequence } from '../text/asked-terms.js';
import type { KnownWord, Vocabulary } from '../text/vocabulary.js';
import { noMoreDocuments, type PostingIterator, type SegmentReader } from './segment-reader.js';
import { phraseFrequency } from './tree/phrase-frequency.js';
import { documentsWriting, wordsOf } from './written-vocabulary.js';

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

/** The vocabulary of an index as it is now, for all texts of one query: what it may be asked is bounded. @param segments  all of them @param documents  live ones in them */
export function vocabularyOf(
  segments: readonly SegmentReader[],
  idf: (df: number) => number,
  documents: number,
): Vocabulary {
  const counts = new Map<string, number>();
  let left = mostLookedInto;
  let [words, looks, sharingLeft] = [mostMended, mostGoneThrough, mostSharing];
  const df = (term: string): number => {
    const known = counts.get(term);
    if (known !== undefined) return known;
    const documents = segments.reduce((sum, segment) => sum + segment.documentFrequency(term), 0);
    counts.set(term, documents);
    return documents;
  };
  return {
    documents,
    df,
    idf,
    near: (key, term, edits) => {
      if (looks <= 0) return [];
      const all = segments.reduce((sum, { words: own }) => sum + (own?.count ?? 0), 0);
      looks -= Math.max(leastGoneThrough, all);
      return nearWords(segments, key, term, edits);
    },
    sharing: (a, b) => {
      const [rarer, other] = df(a) <= df(b) ? [a, b] : [b, a];
      const most = Math.min(sharingLeft, mostForPair);
      const { found, looked } = sharedIn(segments, rarer, other, most);
      sharingLeft -= looked;
      return looked < most || looked === 0 ? found : (found * df(rarer)) / looked;
    },
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

/** @param most  documents looked into, at most */
function sharedIn(
  segments: readonly SegmentReader[],
  rarer: string,
  other: string,
  most: number,
): { found: number; looked: number } {
  let [found, looked] = [0, 0];
  for (const segment of segments) {
    const [lead, beside] = [segment.postings(rarer), segment.postings(other)];
    if (lead === undefined) continue;
    for (let doc = lead.next(); doc !== noMoreDocuments && looked < most; doc = lead.next()) {
      looked++;
      if (beside === undefined || !segment.isLive(doc)) continue;
      if ((beside.doc >= doc ? beside.doc : beside.advance(doc)) === doc) found++;
    }
  }
  return { found, looked };
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
