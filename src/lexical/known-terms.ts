import { LRUCache } from 'lru-cache';
import { boundedMemory, remember } from '../text/bounded-memory.js';
import type { Cut, KnownWord } from '../text/vocabulary.js';
import { noMoreDocuments, type PostingIterator, type SegmentReader } from './segment-reader.js';
import { nearestPlace } from './tree/place-words.js';

/** Positions that are read for one pair of words. */
const mostRead = 2 ** 16;

/** Sets of terms of which it is kept how many documents hold them. */
const mostSets = 2 ** 14;

/** Bytes of all cuts of words that are kept at most, and of all words near to others; what an entry takes at least, for each word, and for each UTF-16 unit. */
const keptBytes = 2 ** 23;
const entryBytes = 2 ** 8;
const wordBytes = 2 ** 6;
const unitBytes = 4;

/** Cuts of a word, the documents that were looked into for them, and those that could be when it began. */
export interface KeptCuts {
  readonly cuts: readonly Cut[];
  readonly looked: number;
  readonly before: number;
}

/** Documents that were looked into, and those of them that hold what was asked for. */
export interface Looked {
  readonly found: number;
  readonly looked: number;
}

/** What the segments of an index know of terms, as long as nothing is written. Queries ask for the same words again and again: the last answers are kept. */
export interface KnownTerms {
  readonly segments: readonly SegmentReader[];
  /** live documents that hold a term */
  df(term: string): number;
  /** Looks into the first documents that hold the rarer of two terms for the other one. @param most  documents looked into, at most */
  shared(rarer: string, other: string, most: number): Looked;
  /**
   * Looks into the first documents that hold the rarest of some terms for all of them, one behind the other in a field.
   * @param most    documents looked into, at most
   * @param misses  such that do not hold them so, at most: then it ends
   */
  together(terms: readonly string[], most: number, misses: number): Looked;
  /** cuts of words by what was asked */
  readonly cuts: LRUCache<string, KeptCuts>;
  /** words near to others, likewise */
  readonly near: LRUCache<string, readonly KnownWord[]>;
}

/** @param segments  all of them; another one must be made when anything is written to them */
export function knownTerms(segments: readonly SegmentReader[]): KnownTerms {
  const df = remember(term => segments.reduce((sum, segment) => sum + segment.documentFrequency(term), 0));
  const lookedInto = boundedMemory<Looked>(mostSets);
  return {
    segments,
    df,
    shared: (rarer, other, most) =>
      lookedInto(`${most} ${rarer.length} ${rarer}${other}`, () => sharedIn(segments, rarer, other, most)),
    together: (terms, most, misses) =>
      lookedInto(`${most} ${misses} ${terms.map(({ length }) => length)} ${terms.join('')}`, () =>
        togetherIn(segments, terms, df, most, misses),
      ),
    cuts: new LRUCache({
      maxSize: keptBytes,
      sizeCalculation: ({ cuts }, question) => entryBytes + unitBytes * (question.length + unitsOf(cuts)),
    }),
    near: new LRUCache({
      maxSize: keptBytes,
      sizeCalculation: (words, question) =>
        words.reduce((sum, { word }) => sum + wordBytes + unitBytes * word.length, entryBytes) +
        unitBytes * question.length,
    }),
  };
}

const unitsOf = (cuts: readonly Cut[]): number =>
  cuts.reduce((sum, { terms, word }) => sum + word.length + terms.reduce((units, { length }) => units + length, 0), 0);

function sharedIn(segments: readonly SegmentReader[], rarer: string, other: string, most: number): Looked {
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

function togetherIn(
  segments: readonly SegmentReader[],
  terms: readonly string[],
  df: (term: string) => number,
  most: number,
  misses: number,
): Looked {
  let [found, looked, missed] = [0, 0, 0];
  for (const segment of segments) {
    const seen = togetherInOne(segment, terms, df, most - looked, misses - missed);
    missed += seen.missed;
    found += seen.found;
    looked += seen.looked;
    if (looked >= most || missed > misses) break;
  }
  return { found, looked };
}

function togetherInOne(
  segment: SegmentReader,
  terms: readonly string[],
  df: (term: string) => number,
  most: number,
  misses: number,
): Looked & { readonly missed: number } {
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
