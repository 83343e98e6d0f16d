import type { KnownWord, Vocabulary } from '../text/vocabulary.js';
import { noMoreDocuments, type PostingIterator, type SegmentReader } from './segment-reader.js';
import { nearestPlace } from './tree/place-words.js';
import { documentsWriting, frequentWords, wordsOf } from './written-vocabulary.js';

/** Documents that one query looks into to see which words stand together, and such for one pair of words. */
const mostLookedInto = 2 ** 14;
const mostForOne = 2 ** 10;
/** Positions that are read for one pair of words. */
const mostRead = 2 ** 16;
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

/** The vocabulary of an index as it is now, for all texts of one query: what it may be asked is bounded. @param segments  all of them @param documents  live ones in them */
export function vocabularyOf(
  segments: readonly SegmentReader[],
  idf: (df: number) => number,
  documents: number,
): Vocabulary {
  const counts = new Map<string, number>();
  let left = mostLookedInto;
  let [words, looks, sharingLeft, beginnings] = [mostMended, mostGoneThrough, mostSharing, mostBeginnings];
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
    beginning: (key, most) =>
      beginnings-- > 0 ? frequentWords(wordsOf(segments), key, most).map(({ term }) => term) : [],
    sharing: (a, b) => {
      const [rarer, other] = df(a) <= df(b) ? [a, b] : [b, a];
      const most = Math.min(sharingLeft, mostForPair);
      const { found, looked } = sharedIn(segments, rarer, other, most);
      sharingLeft -= looked;
      return looked < most || looked === 0 ? found : (found * df(rarer)) / looked;
    },
    takesWord: () => words-- > 0,
    together: (terms, least = 0) => {
      const rarest = Math.min(...terms.map(df));
      if (rarest === 0) return 0;
      const most = Math.min(left, mostForOne);
      if (most <= 0) return 0;
      let [found, looked, missed] = [0, 0, 0];
      // of so many that are looked into at most so many may not hold them together
      const cap = Math.min(most, rarest);
      const misses = cap - Math.ceil((least * cap) / rarest);
      for (const segment of segments) {
        const seen = togetherIn(segment, terms, df, most - looked, misses - missed);
        missed += seen.missed;
        found += seen.found;
        looked += seen.looked;
        if (looked >= most || missed > misses) break;
      }
      left -= looked;
      const documents = looked < most || looked === 0 ? found : (found * rarest) / looked;
      return documents < least ? 0 : documents;
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
    segment.release(lead);
    if (beside !== undefined) segment.release(beside);
  }
  return { found, looked };
}

/** @param most  documents looked into, at most @param misses  such that do not hold them together, at most */
function togetherIn(
  segment: SegmentReader,
  terms: readonly string[],
  df: (term: string) => number,
  most: number,
  misses: number,
): { found: number; looked: number; missed: number } {
  const names = [...new Set(terms)];
  let [found, looked, missed, read] = [0, 0, 0, 0];
  const known: PostingIterator[] = [];
  for (const term of names) {
    const postings = segment.postings(term);
    if (postings !== undefined) known.push(postings);
  }
  if (known.length === names.length) {
    const rarest = names.reduce((least, term, i) => (df(term) < df(names[least]) ? i : least), 0);
    const lead = known[rarest];
    const others = known.filter(each => each !== lead);
    const words = terms.map(term => names.indexOf(term));
    const inAnyField = (): boolean => {
      for (let field = 0; field < segment.fieldCount; field++) {
        if (known.some(each => each.frequency(field) === 0)) continue;
        const positions = known.map(each => each.positions(field));
        for (const each of positions) read += each.length;
        if (standTogether(positions, words)) return true;
      }
      return false;
    };
    while (looked < most && missed <= misses && read < mostRead) {
      const doc = lead.next();
      if (doc === noMoreDocuments) break;
      looked++;
      if (!segment.isLive(doc)) continue;
      const together = allHold(others, doc) && inAnyField();
      if (together) found++;
      else missed++;
    }
  }
  for (const postings of known) segment.release(postings);
  return { found, looked, missed };
}

function allHold(postings: readonly PostingIterator[], doc: number): boolean {
  for (const each of postings) if ((each.doc >= doc ? each.doc : each.advance(doc)) !== doc) return false;
  return true;
}

/** Whether words stand one behind the other. @param positions  by term, rising @param words  the numbers of their terms */
function standTogether(positions: readonly (readonly number[])[], words: readonly number[]): boolean {
  const stands = (start: number): boolean =>
    words.every((word, i) => i === 0 || nearestPlace(positions[word], start + i) === start + i);
  return positions[words[0]].some(stands);
}
