import { eachBit, fullBitSet, subtract } from '../math/bit-set.js';
import { chainLanguage } from '../text/language.js';
import { noMoreDocuments, type SegmentReader } from './segment-reader.js';

/** Documents of a term that are looked at, evenly over all that hold it, and such of all terms of a query. */
const mostOfTerm = 2 ** 10;
const mostLookedAt = 2 ** 14;

/** Numbers of documents by the chain of their language. */
export type LanguageCounts = ReadonlyMap<string, number>;

/** The chains of the documents of a segment. */
export interface SegmentLanguages {
  readonly segment: SegmentReader;
  /** documents, removed ones too, when this was found */
  readonly documents: number;
  of(doc: number): string;
  /** Living documents by language; every language that the segment ever had is there. */
  sizes(): LanguageCounts;
}

/** @param own  the chain of documents that name no language */
export function segmentLanguages(segment: SegmentReader, own: string): SegmentLanguages {
  const { documentCount, columns } = segment;
  const column = columns.keywords('language');
  const chains = Array.from({ length: column?.count ?? 0 }, (_, ordinal) => {
    const tag = column?.value(ordinal);
    return tag ? chainLanguage(tag) : own;
  });
  const of = (doc: number): string => chains[column?.ordinals(doc)[0] ?? -1] ?? own;
  const all = fullBitSet(documentCount);
  let whole: LanguageCounts | undefined;
  const countAll = (): LanguageCounts => {
    const byTag = new Uint32Array(chains.length);
    column?.each(all, ordinal => {
      byTag[ordinal]++;
    });
    const sizes = new Map<string, number>();
    for (const [ordinal, name] of chains.entries()) add(sizes, name, byTag[ordinal]);
    const unnamed = documentCount - byTag.reduce((sum, count) => sum + count, 0);
    if (unnamed > 0) add(sizes, own, unnamed);
    return sizes;
  };
  return {
    segment,
    documents: documentCount,
    of,
    sizes: () => {
      whole ??= countAll();
      const live = segment.living(all);
      if (live === all) return whole;
      const removed = all.slice();
      subtract(removed, live);
      const sizes = new Map(whole);
      eachBit(removed, doc => add(sizes, of(doc), -1));
      return sizes;
    },
  };
}

/**
 * How many documents of each language hold a term: exact up to 1,024, an estimate of as many beyond. Of terms that together are held by more than 16,384
 * the most frequent ones are left out.
 */
export function countLanguages(
  segments: readonly SegmentLanguages[],
  terms: ReadonlySet<string>,
): ReadonlyMap<string, LanguageCounts> {
  const df = (term: string): number =>
    segments.reduce((total, { segment }) => total + segment.documentFrequency(term), 0);
  const known = [...terms].map(term => ({ term, documents: df(term) })).filter(({ documents }) => documents > 0);
  const counts = new Map<string, LanguageCounts>();
  let left = mostLookedAt;
  for (const { term, documents } of known.sort((a, b) => a.documents - b.documents)) {
    const most = Math.min(documents, mostOfTerm);
    left -= most;
    if (left < 0) break;
    counts.set(term, addUp(segments.map(segment => countIn(segment, term, most / documents))));
  }
  return counts;
}

/** @param share  of the documents that hold the term, in (0, 1], that are looked at */
function countIn({ segment, of }: SegmentLanguages, term: string, share: number): LanguageCounts {
  const counts = new Map<string, number>();
  const postings = segment.postings(term);
  if (postings === undefined) return counts;
  const df = segment.documentFrequency(term);
  const step = share === 1 ? 1 : segment.documentCount / (df * share);
  const seen: string[] = [];
  let doc = postings.next();
  for (let n = 0; doc !== noMoreDocuments; n++) {
    if (segment.isLive(doc)) seen.push(of(doc));
    doc = step === 1 ? postings.next() : postings.advance(Math.max(doc + 1, spread(n + 1, step)));
  }
  for (const language of seen) add(counts, language, df / seen.length);
  return counts;
}

/** Somewhere in the n-th stretch of so many documents, so that languages that take turns are all met: n times the golden ratio. */
const spread = (n: number, step: number): number => Math.floor((n + (step === 1 ? 0 : (n * 0.618034) % 1)) * step);

const add = (counts: Map<string, number>, name: string, more: number): void => {
  counts.set(name, (counts.get(name) ?? 0) + more);
};

export function addUp(all: readonly LanguageCounts[]): LanguageCounts {
  const total = new Map<string, number>();
  for (const counts of all) for (const [name, count] of counts) add(total, name, count);
  return total;
}
