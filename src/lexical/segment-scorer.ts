import { finish } from '../math/finish.js';
import { blockSize } from './bit-packing.js';
import type { Collector } from './collector.js';
import { placeInBucket, placeOf } from './decoded-list.js';
import type { ListCache } from './list-cache.js';
import type { QueryTerm } from './query-terms.js';
import { type ScoredList, scoreReachedBy, slack } from './scored-list.js';
import type { StoredSegment } from './stored-segment.js';
import type { Weighting } from './weighting.js';
import { type Candidates, WindowSums } from './window-sums.js';

/** Postings of the first batch, and of the largest one. */
const smallestBatch = blockSize;
const largestBatch = 2 ** 12;

/** Units of work (src/search/turns.ts) that it takes to look at a posting. */
const lookWork = 1 / 24;

/** A query of more terms is added up: looking every document up in so many lists would cost more. */
const mostByTerm = 10;

/**
 * MaxScore, term by term (Turtle & Flood 1995): the documents of the heaviest term first, each scored to the end by looking it up in the lists
 * of the others, then those of the next one that the terms before do not hold, until the terms that are left cannot lift a document over the
 * worst one kept.
 */
export class SegmentScorer {
  private readonly lists: ScoredList[] = [];
  /** by term: no document gets more from it and those behind it */
  private rest = new Float64Array(16);
  private threshold = 0;
  private readonly sums = new WindowSums(largestBatch);
  private readonly candidates: Candidates = {
    docs: new Uint32Array(largestBatch),
    scores: new Float64Array(largestBatch),
    count: 0,
  };

  constructor(private readonly cache: ListCache) {}

  /**
   * Offers the documents of a segment that can be among the best.
   * @param place  of the segment among the immutable ones
   * @param terms  in the order in which scores are added up
   */
  collect(
    segment: StoredSegment,
    place: number,
    weighting: Weighting,
    terms: readonly QueryTerm[],
    best: Collector,
    accept?: (doc: number) => boolean,
  ): void {
    const { lists } = this;
    lists.length = 0;
    let finding = 0;
    for (const term of terms) finding += this.open(segment, place, weighting, term, finding);
    this.bound(segment, finding, best, accept);
    if (finding > mostByTerm) finish(this.collectingSums(segment, finding, best, accept));
    else for (let i = 0; i < finding && this.rest[i] >= this.threshold; i++) this.collectTerm(segment, i, best, accept);
    lists.length = 0;
  }

  /** The same as work that tells its units (src/search/turns.ts). */
  *collecting(
    segment: StoredSegment,
    place: number,
    weighting: Weighting,
    terms: readonly QueryTerm[],
    best: Collector,
    accept?: (doc: number) => boolean,
  ): Generator<number, void> {
    const { lists, cache } = this;
    lists.length = 0;
    let finding = 0;
    for (const term of terms) {
      const { work } = cache;
      finding += this.open(segment, place, weighting, term, finding);
      if (cache.work > work) yield cache.work - work;
    }
    this.bound(segment, finding, best, accept);
    if (finding > mostByTerm) yield* this.collectingSums(segment, finding, best, accept);
    else {
      for (let i = 0; i < finding && this.rest[i] >= this.threshold; i++) {
        this.collectTerm(segment, i, best, accept);
        yield lists[i].list.codes.length * lookWork;
      }
    }
    lists.length = 0;
  }

  /** @returns 1 where the term is one that finds documents of the segment */
  private open(
    segment: StoredSegment,
    place: number,
    weighting: Weighting,
    { ordinals, weight, optional }: QueryTerm,
    finding: number,
  ): 0 | 1 {
    if (ordinals[place] < 0 || (optional && finding === 0)) return 0;
    this.lists.push(this.cache.scored(segment, ordinals[place], weighting, weight));
    return optional ? 0 : 1;
  }

  /** What the open lists can still add, and what must be reached. */
  private bound(segment: StoredSegment, finding: number, best: Collector, accept?: (doc: number) => boolean): void {
    const { lists } = this;
    const count = lists.length;
    if (this.rest.length <= count) this.rest = new Float64Array(2 * count);
    const { rest } = this;
    rest[count] = 0;
    for (let i = count - 1; i >= 0; i--) rest[i] = (rest[i + 1] + lists[i].top) * (1 + slack);
    this.threshold = best.least;
    if (accept !== undefined || best.k === undefined) return;
    for (let i = 0; i < finding; i++) {
      const reached = scoreReachedBy(lists[i], best.k + segment.removedCount);
      if (reached > this.threshold) this.threshold = reached;
    }
  }

  /** For long queries: adds up the heavy terms window by window, and looks up what that found in the lists of the others. */
  private *collectingSums(
    segment: StoredSegment,
    finding: number,
    best: Collector,
    accept?: (doc: number) => boolean,
  ): Generator<number, void> {
    const { lists, rest, candidates, sums } = this;
    const work = lists.reduce((sum, { list }) => sum + list.codes.length, 0) * lookWork;
    const places = new Uint32Array(lists.length);
    for (let from = 0; from < segment.documentCount && rest[0] >= this.threshold; from += largestBatch) {
      let essential = 1;
      while (essential < finding && rest[essential] >= this.threshold) essential++;
      for (let i = 0; i < essential; i++) places[i] = sums.add(lists[i], places[i], from);
      sums.take(from, leastWith(rest[essential], this.threshold), candidates);
      for (let i = essential; i < lists.length && candidates.count > 0; i++) {
        join(lists[i], leastWith(rest[i + 1], this.threshold), candidates);
      }
      this.offerAll(segment, 0, best, accept);
      yield (work * largestBatch) / segment.documentCount;
    }
  }

  /** Offers the documents that hold a term and none of those before it, batch by batch: what one batch finds prunes the next. */
  private collectTerm(segment: StoredSegment, term: number, best: Collector, accept?: (doc: number) => boolean): void {
    const { lists, rest, candidates } = this;
    const df = lists[term].list.codes.length;
    for (let from = 0, size = smallestBatch; from < df; ) {
      gather(lists[term], from, Math.min(from + size, df), leastWith(rest[term + 1], this.threshold), candidates);
      for (let i = term + 1; i < lists.length && candidates.count > 0; i++) {
        join(lists[i], leastWith(rest[i + 1], this.threshold), candidates);
      }
      this.offerAll(segment, term, best, accept);
      from += size;
      if (size < largestBatch) size *= 2;
    }
  }

  private offerAll(segment: StoredSegment, term: number, best: Collector, accept?: (doc: number) => boolean): void {
    const { docs, scores, count } = this.candidates;
    let { threshold } = this;
    for (let i = 0; i < count; i++) {
      const score = scores[i];
      if (score < threshold) continue;
      const doc = docs[i];
      if (!best.wants(score, segment, doc) || !segment.isLive(doc) || this.seen(term, doc)) continue;
      if (accept !== undefined && !accept(doc)) continue;
      best.offer(score, segment, doc);
      if (best.least > threshold) threshold = best.least;
    }
    this.threshold = threshold;
  }

  /** Whether a term before this one holds the document: then it had its turn. */
  private seen(term: number, doc: number): boolean {
    for (let i = 0; i < term; i++) if (placeOf(this.lists[i].list, doc) >= 0) return true;
    return false;
  }
}

/** What a document must have so far to reach the threshold with at most `rest` more. */
const leastWith = (rest: number, threshold: number): number =>
  rest === 0 ? threshold : threshold * (1 - slack) - rest;

/** Takes the postings of a range that score at least `least`, and passes over the blocks that have none. @param from  where a block begins */
function gather(
  { list, scores: table, blockTops }: ScoredList,
  from: number,
  to: number,
  least: number,
  into: Candidates,
): void {
  const { codes, docs: all } = list;
  const { docs, scores } = into;
  let count = 0;
  for (let start = from; start < to; start += blockSize) {
    if (blockTops[start / blockSize] < least) continue;
    const end = Math.min(start + blockSize, to);
    for (let place = start; place < end; place++) {
      const score = table[codes[place]];
      if (score < least) continue;
      docs[count] = all[place];
      scores[count++] = score;
    }
  }
  into.count = count;
}

/** Adds a term's score to the candidates that hold it, and drops those that score less than `least` then. */
function join({ list, scores: table }: ScoredList, least: number, candidates: Candidates): void {
  const { codes, bits, coarse } = list;
  const { docs, scores, count } = candidates;
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const doc = docs[i];
    let score = scores[i];
    // as placeOf has it, here where most of the time goes
    const bit = doc >>> coarse;
    if ((bits[bit >>> 5] & (1 << (bit & 31))) !== 0) {
      const place = placeInBucket(list, doc);
      if (place >= 0) score += table[codes[place]];
    }
    if (score < least) continue;
    docs[kept] = doc;
    scores[kept++] = score;
  }
  candidates.count = kept;
}
