import { blockSize } from './bit-packing.js';
import type { BlockPostings } from './block-postings.js';
import { termScore } from './bm25.js';
import { impactWords } from './impacts.js';
import { maxFrequency } from './posting-writer.js';
import type { StoredSegment } from './stored-segment.js';
import { precomputedLengths, type Weighting } from './weighting.js';

/** A bound is raised by this much, far more than rounding can take from it. */
const slack = 1 + 1e-12;

/** A window over more blocks than this is bounded by the whole list: looking at all of its blocks costs more than it saves. */
const mostBoundedBlocks = 8;

/** The candidates of a window, in rising order of documents, with what the terms so far have given them. */
export interface Candidates {
  readonly docs: Uint32Array;
  readonly scores: Float64Array;
  count: number;
}

/** Scores one term's postings in one stored segment, and bounds its scores from the impacts. Used for one query after the other. */
export class TermScorer {
  private readonly blockScores = new Float64Array(blockSize);
  /** block whose scores are in `blockScores` */
  private scoredBlock = -1;
  /** no posting scores more */
  private top = 0;

  constructor(
    private segment: StoredSegment,
    private postings: BlockPostings,
    private weighting: Weighting,
    private weight: number,
  ) {}

  /** @param weight  of the term. @param ordinal  number of the term in the segment */
  reset(segment: StoredSegment, postings: BlockPostings, weighting: Weighting, weight: number, ordinal: number): void {
    this.segment = segment;
    this.postings = postings;
    this.weighting = weighting;
    this.weight = weight;
    this.scoredBlock = -1;
    postings.open(ordinal);
    if (postings.blockCount > 0) {
      this.top = this.impactBound(segment.arrays.listImpacts, postings.impactStart, postings.impactCount);
      return;
    }
    postings.enter(0);
    this.scoreBlock();
    let top = 0;
    for (let i = 0; i < postings.count; i++) if (this.blockScores[i] > top) top = this.blockScores[i];
    this.top = top;
  }

  get df(): number {
    return this.postings.df;
  }

  /** No document from `from` on and before `to` scores more; windows go forward. */
  bound(from: number, to: number): number {
    const { postings } = this;
    const { blockCount } = postings;
    if (blockCount === 0) {
      postings.seekInBlock(from);
      return postings.documents[postings.place] < to ? this.top : 0;
    }
    const first = postings.blockOf(from);
    let bound = 0;
    for (let block = first; block <= blockCount; block++) {
      if (block > first && postings.lastOf(block - 1) + 1 >= to) break;
      if (block === blockCount || block - first === mostBoundedBlocks) return this.top;
      const one = this.blockBound(block);
      if (one > bound) bound = one;
    }
    return bound;
  }

  /** Takes the documents of a window that can still reach the threshold with at most `rest` from the other terms. */
  gather(from: number, to: number, rest: number, threshold: number, into: Candidates): void {
    const { postings, blockScores } = this;
    const { documents } = postings;
    const { docs, scores } = into;
    let count = 0;
    for (let block = postings.blockOf(from); ; block++) {
      if (this.blockBound(block) + rest < threshold) {
        if (block >= postings.blockCount || postings.lastOf(block) >= to) break;
        continue;
      }
      if (block !== postings.block && !postings.enter(block)) break;
      this.scoreBlock();
      postings.seekInBlock(from);
      let place = postings.place;
      for (; place < postings.count && documents[place] < to; place++) {
        if (blockScores[place] + rest < threshold) continue;
        docs[count] = documents[place];
        scores[count++] = blockScores[place];
      }
      postings.place = place;
      if (place < postings.count || block >= postings.blockCount) break;
    }
    into.count = count;
  }

  /** Adds the scores of a window to sums by document less `from`, and marks their documents. */
  accumulate(from: number, to: number, sums: Float64Array, marks: Uint32Array): void {
    const { postings, blockScores } = this;
    const { documents } = postings;
    for (let block = postings.blockOf(from); ; block++) {
      if (block !== postings.block && !postings.enter(block)) return;
      this.scoreBlock();
      postings.seekInBlock(from);
      const { count } = postings;
      let place = postings.place;
      for (; place < count; place++) {
        const at = documents[place] - from;
        if (documents[place] >= to) break;
        sums[at] += blockScores[place];
        marks[at >>> 5] |= 1 << (at & 31);
      }
      postings.place = place;
      if (place < count || block >= postings.blockCount) return;
    }
  }

  /** Adds the term's score to the candidates that hold it, and drops those that cannot reach the threshold with at most `rest` more. */
  join(candidates: Candidates, rest: number, threshold: number): void {
    const { postings } = this;
    const { documents } = postings;
    const { docs, scores, count } = candidates;
    let kept = 0;
    let last = postings.count > 0 && postings.block >= 0 ? documents[postings.count - 1] : -1;
    for (let i = 0; i < count; i++) {
      const doc = docs[i];
      let score = scores[i];
      if (doc > last && postings.seekBlock(doc)) last = documents[postings.count - 1];
      if (doc <= last) {
        postings.seekInBlock(doc);
        if (documents[postings.place] === doc) score += this.scoreAt(postings.place);
      }
      if (score + rest < threshold) continue;
      docs[kept] = doc;
      scores[kept++] = score;
    }
    candidates.count = kept;
  }

  private blockBound(block: number): number {
    const { postings } = this;
    if (block >= postings.blockCount) return this.top;
    const { blockImpacts, impacts } = this.segment.arrays;
    const at = postings.firstBlock + block;
    const start = at === 0 ? 0 : blockImpacts[at - 1];
    return this.impactBound(impacts, start, blockImpacts[at] - start);
  }

  /** @param start  and count in pairs of words */
  private impactBound(impacts: Uint32Array, start: number, count: number): number {
    const { k1 } = this.weighting;
    let frequency = 0;
    let field = -1;
    let most = 0;
    for (let i = start * impactWords; i < (start + count) * impactWords; i += impactWords) {
      if (impacts[i] >>> 24 !== field) {
        frequency += most;
        most = 0;
        field = impacts[i] >>> 24;
      }
      const one = (impacts[i] & maxFrequency) * this.occurrence(field, impacts[i + 1]);
      if (one > most) most = one;
    }
    return termScore(k1, this.weight, frequency + most) * slack;
  }

  private occurrence(field: number, length: number): number {
    return length < precomputedLengths ? this.weighting.table[field][length] : this.weighting.occurrence(field, length);
  }

  /** Scores all postings of the present block. */
  private scoreBlock(): void {
    const { postings, blockScores, weight } = this;
    if (this.scoredBlock === postings.block) return;
    this.scoredBlock = postings.block;
    postings.readFrequencies();
    const { documents, frequencies, count, fieldsInBlock } = postings;
    const { lengths } = this.segment.arrays;
    const { k1 } = this.weighting;
    for (let slot = 0; slot < fieldsInBlock; slot++) {
      const field = postings.fields[slot];
      const table = this.weighting.table[field];
      const from = field * this.segment.documentCount;
      for (let i = 0; i < count; i++) {
        const length = lengths[from + documents[i]];
        const each = length < precomputedLengths ? table[length] : this.weighting.occurrence(field, length);
        const part = frequencies[slot * blockSize + i] === 0 ? 0 : frequencies[slot * blockSize + i] * each;
        blockScores[i] = slot === 0 ? part : blockScores[i] + part;
      }
    }
    for (let i = 0; i < count; i++) blockScores[i] = (weight * blockScores[i]) / (k1 + blockScores[i]);
  }

  private scoreAt(place: number): number {
    const { postings } = this;
    if (this.scoredBlock === postings.block) return this.blockScores[place];
    postings.readFrequencies();
    const doc = postings.documents[place];
    let frequency = 0;
    for (let slot = 0; slot < postings.fieldsInBlock; slot++) {
      const tf = postings.frequencies[slot * blockSize + place];
      if (tf === 0) continue;
      const field = postings.fields[slot];
      frequency += tf * this.occurrence(field, this.segment.fieldLength(field, doc));
    }
    return termScore(this.weighting.k1, this.weight, frequency);
  }
}
