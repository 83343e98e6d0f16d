import type { CountedTerm } from './counted-term.js';
import type { SegmentReader } from './segment-reader.js';

/** The most frequent of the terms that are offered, ties by code unit; few enough to be kept sorted by insertion. */
export class FrequentTerms {
  private readonly kept: CountedTerm[] = [];

  /** @param most  integer >= 1 */
  constructor(private readonly most: number) {}

  /** A term that fewer documents hold would not be kept. */
  get least(): number {
    return this.kept.length < this.most ? 1 : this.kept[this.kept.length - 1].df;
  }

  offer(term: string, df: number): void {
    if (df < this.least) return;
    let place = this.kept.length;
    while (place > 0 && isBefore(term, df, this.kept[place - 1])) place--;
    this.kept.splice(place, 0, { term, df });
    if (this.kept.length > this.most) this.kept.pop();
  }

  /** Most first. */
  take(): CountedTerm[] {
    return this.kept.splice(0);
  }
}

const isBefore = (term: string, df: number, other: CountedTerm): boolean =>
  df > other.df || (df === other.df && term < other.term);

/**
 * The most frequent terms that begin with a prefix. Each segment names its own most frequent ones, so a term that is spread thin over many
 * segments may be missed; the counts are exact.
 * @param prefix  not empty
 */
export function frequentTerms(segments: readonly SegmentReader[], prefix: string, most: number): CountedTerm[] {
  const named = new Set(segments.flatMap(segment => segment.frequentTerms(prefix, most).map(({ term }) => term)));
  const all = new FrequentTerms(most);
  for (const term of named) {
    const df = segments.reduce((sum, segment) => sum + segment.documentFrequency(term), 0);
    all.offer(term, df);
  }
  return all.take();
}

/** Ids of some live documents that hold a term: the newest segments first. */
export function documentsWith(segments: readonly SegmentReader[], term: string, most: number): string[] {
  const ids: string[] = [];
  for (const segment of segments.toReversed()) {
    const postings = segment.postings(term);
    if (postings === undefined) continue;
    for (let doc = postings.next(); doc < segment.documentCount && ids.length < most; doc = postings.next()) {
      if (segment.isLive(doc)) ids.push(segment.idOf(doc));
    }
  }
  return ids;
}
