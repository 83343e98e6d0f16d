import type { Collector } from './collector.js';
import type { QueryTerm } from './query-terms.js';
import type { StoredSegment } from './stored-segment.js';
import { type Candidates, TermScorer } from './term-scorer.js';
import type { Weighting } from './weighting.js';

const smallestWindow = 2 ** 11;
const largestWindow = 2 ** 16;
/** postings that a window should hold */
const windowPostings = 2 ** 9;

/**
 * Block-max MaxScore, window by window (Turtle & Flood 1995; Ding & Suel 2011; the form is that of Lucene's MaxScoreBulkScorer). In every window
 * the lightest terms that together cannot lift a document over the worst one kept are set aside: documents are found through the others,
 * and only those that can still make it are looked up in the lists set aside, heaviest first.
 */
export class SegmentScorer {
  private readonly sums = new Float64Array(largestWindow);
  private readonly marks = new Uint32Array(largestWindow / 32);
  private readonly candidates: Candidates = {
    docs: new Uint32Array(largestWindow),
    scores: new Float64Array(largestWindow),
    count: 0,
  };
  private readonly scorers: TermScorer[] = [];
  /** by term: no document of the window gets more from it and those behind it */
  private rest = new Float64Array(16);

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
    const borrowed = [];
    let count = 0;
    let postings = 0;
    for (const { ordinals, weight } of terms) {
      const ordinal = ordinals[place];
      if (ordinal < 0) continue;
      const list = segment.borrowPostings();
      borrowed.push(list);
      this.scorers[count] ??= new TermScorer(segment, list, weighting, weight);
      this.scorers[count].reset(segment, list, weighting, weight, ordinal);
      postings += this.scorers[count++].df;
    }
    try {
      if (count > 0) this.walk(segment, count, windowSize(segment.documentCount, postings), best, accept);
    } finally {
      for (const list of borrowed) segment.giveBack(list);
    }
  }

  private walk(
    segment: StoredSegment,
    count: number,
    size: number,
    best: Collector,
    accept?: (doc: number) => boolean,
  ): void {
    if (this.rest.length <= count) this.rest = new Float64Array(2 * count);
    const { scorers, rest, candidates } = this;
    const { documentCount } = segment;
    for (let from = 0; from < documentCount; from += size) {
      const to = Math.min(from + size, documentCount);
      const threshold = best.least;
      rest[count] = 0;
      for (let i = count - 1; i >= 0; i--) rest[i] = rest[i + 1] + scorers[i].bound(from, to);
      if (rest[0] === 0 || rest[0] < threshold) continue;
      let essential = 1;
      while (essential < count && rest[essential] >= threshold) essential++;
      if (essential === 1) scorers[0].gather(from, to, rest[1], threshold, candidates);
      else this.gatherSums(from, to, essential, threshold);
      for (let i = essential; i < count && candidates.count > 0; i++) {
        scorers[i].join(candidates, rest[i + 1], threshold);
      }
      offerAll(segment, candidates, best, accept);
    }
  }

  /** Adds up the essential terms and takes the documents that can reach the threshold with the other terms. */
  private gatherSums(from: number, to: number, essential: number, threshold: number): void {
    const { sums, marks, scorers, candidates } = this;
    const { docs, scores } = candidates;
    for (let i = 0; i < essential; i++) scorers[i].accumulate(from, to, sums, marks);
    const rest = this.rest[essential];
    let count = 0;
    const words = (to - from + 31) >>> 5;
    for (let word = 0; word < words; word++) {
      let bits = marks[word];
      marks[word] = 0;
      while (bits !== 0) {
        const at = (word << 5) + 31 - Math.clz32(bits & -bits);
        bits &= bits - 1;
        const score = sums[at];
        sums[at] = 0;
        if (score + rest < threshold) continue;
        docs[count] = from + at;
        scores[count++] = score;
      }
    }
    candidates.count = count;
  }
}

function offerAll(
  segment: StoredSegment,
  { docs, scores, count }: Candidates,
  best: Collector,
  accept?: (doc: number) => boolean,
): void {
  let least = best.least;
  for (let i = 0; i < count; i++) {
    const score = scores[i];
    const doc = docs[i];
    if (score < least || !segment.isLive(doc) || !best.wants(score, segment, doc)) continue;
    if (accept !== undefined && !accept(doc)) continue;
    best.offer(score, segment, doc);
    least = best.least;
  }
}

/** A power of two, so large that a window holds some hundred postings: the first one sets the mark that the others must pass. */
function windowSize(documents: number, postings: number): number {
  const wanted = (documents * windowPostings) / postings;
  let size = smallestWindow;
  while (size < wanted && size < largestWindow) size *= 2;
  return size;
}
