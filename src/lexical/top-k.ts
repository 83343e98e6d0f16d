import type { Candidate } from '../ranking/candidate.js';
import type { SegmentReader } from './segment-reader.js';

/** A document by its place, before its id is read. */
export interface FoundDocument {
  readonly segment: SegmentReader;
  readonly doc: number;
  readonly score: number;
}

/** The best k of the documents that are offered, ties by id in code-unit order: a binary heap whose root is the worst one kept. */
export class TopK {
  private readonly scores: number[] = [];
  private readonly owners: SegmentReader[] = [];
  private readonly docs: number[] = [];

  /** @param k  integer >= 1 */
  constructor(readonly k: number) {}

  /** A score below this would not be kept. */
  get least(): number {
    return this.scores.length < this.k ? -Infinity : this.scores[0];
  }

  /** Whether an offer would be kept; lets the caller ask before it does dear work. */
  wants(score: number, segment: SegmentReader, doc: number): boolean {
    return this.scores.length < this.k || !this.isBehind(score, segment, doc, 0);
  }

  /** Keeps an offer that is wanted. */
  offer(score: number, segment: SegmentReader, doc: number): void {
    if (this.scores.length < this.k) this.rise(score, segment, doc);
    else if (this.wants(score, segment, doc)) this.sink(score, segment, doc);
  }

  /** Keeps an offer that is wanted. @returns what is not among the best k then: the offer, or what it pushed out; undefined where there was room */
  exchange(score: number, segment: SegmentReader, doc: number): FoundDocument | undefined {
    if (this.scores.length < this.k) {
      this.rise(score, segment, doc);
      return undefined;
    }
    if (!this.wants(score, segment, doc)) return { score, segment, doc };
    const behind = { score: this.scores[0], segment: this.owners[0], doc: this.docs[0] };
    this.sink(score, segment, doc);
    return behind;
  }

  /** Best first; empties the heap. */
  take(): Candidate[] {
    return this.takeFound().map(({ segment, doc, score }) => ({ id: segment.idOf(doc), score }));
  }

  /** The same, by their places. */
  takeFound(): FoundDocument[] {
    const { scores, owners, docs } = this;
    const best = new Array<FoundDocument>(scores.length);
    for (let i = scores.length - 1; i >= 0; i--) {
      best[i] = { segment: owners[0], doc: docs[0], score: scores[0] };
      const [score, owner, doc] = [scores.pop() as number, owners.pop() as SegmentReader, docs.pop() as number];
      if (i > 0) this.sink(score, owner, doc);
    }
    return best;
  }

  /** Whether a document stands behind the one at a place of the heap, or is the same. */
  private isBehind(score: number, segment: SegmentReader, doc: number, place: number): boolean {
    const difference = score - this.scores[place];
    if (difference !== 0) return difference < 0;
    return compareIds(segment, doc, this.owners[place], this.docs[place]) >= 0;
  }

  /** Adds a document at the end and moves it up to its place. */
  private rise(score: number, segment: SegmentReader, doc: number): void {
    let place = this.scores.length;
    this.scores.push(score);
    this.owners.push(segment);
    this.docs.push(doc);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (this.isBehind(score, segment, doc, parent)) {
        this.move(parent, place);
        place = parent;
      } else break;
    }
    this.put(score, segment, doc, place);
  }

  /** Puts a document in the place of the root and moves it down to its place. */
  private sink(score: number, segment: SegmentReader, doc: number): void {
    const { scores, owners, docs } = this;
    const { length } = scores;
    let place = 0;
    for (let child = 1; child < length; child = 2 * place + 1) {
      const right = child + 1;
      if (right < length && this.isBehind(scores[right], owners[right], docs[right], child)) child = right;
      if (this.isBehind(score, segment, doc, child)) break;
      this.move(child, place);
      place = child;
    }
    this.put(score, segment, doc, place);
  }

  private move(from: number, to: number): void {
    this.put(this.scores[from], this.owners[from], this.docs[from], to);
  }

  private put(score: number, segment: SegmentReader, doc: number, place: number): void {
    this.scores[place] = score;
    this.owners[place] = segment;
    this.docs[place] = doc;
  }
}

/** Best first, ties by id in code-unit order. */
export const compareFound = (a: FoundDocument, b: FoundDocument): number =>
  b.score - a.score || compareIds(a.segment, a.doc, b.segment, b.doc);

function compareIds(segmentA: SegmentReader, a: number, segmentB: SegmentReader, b: number): number {
  if (segmentA === segmentB) return segmentA.compareIds(a, b);
  const [left, right] = [segmentA.idOf(a), segmentB.idOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
