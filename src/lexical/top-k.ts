import type { Candidate } from './candidate.js';
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
  constructor(private readonly k: number) {}

  /** A score below this would not be kept. */
  get least(): number {
    return this.scores.length < this.k ? -Infinity : this.scores[0];
  }

  /** Whether an offer would be kept; lets the caller ask before it does dear work. */
  wants(score: number, segment: SegmentReader, doc: number): boolean {
    if (this.scores.length < this.k) return true;
    if (score !== this.scores[0]) return score > this.scores[0];
    return compareIds(segment, doc, this.owners[0], this.docs[0]) < 0;
  }

  /** Keeps an offer that is wanted. */
  offer(score: number, segment: SegmentReader, doc: number): void {
    if (this.scores.length < this.k) {
      this.scores.push(score);
      this.owners.push(segment);
      this.docs.push(doc);
      this.rise(this.scores.length - 1);
    } else if (this.wants(score, segment, doc)) {
      this.scores[0] = score;
      this.owners[0] = segment;
      this.docs[0] = doc;
      this.sink();
    }
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
      this.swap(0, i);
      scores.pop();
      owners.pop();
      docs.pop();
      this.sink();
    }
    return best;
  }

  private before(a: number, b: number): boolean {
    const difference = this.scores[a] - this.scores[b];
    if (difference !== 0) return difference > 0;
    return compareIds(this.owners[a], this.docs[a], this.owners[b], this.docs[b]) < 0;
  }

  private rise(from: number): void {
    let child = from;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.before(parent, child)) return;
      this.swap(parent, child);
      child = parent;
    }
  }

  private sink(): void {
    let parent = 0;
    for (;;) {
      let worst = parent;
      const left = 2 * parent + 1;
      const right = left + 1;
      if (left < this.scores.length && this.before(worst, left)) worst = left;
      if (right < this.scores.length && this.before(worst, right)) worst = right;
      if (worst === parent) return;
      this.swap(worst, parent);
      parent = worst;
    }
  }

  private swap(a: number, b: number): void {
    const { scores, owners, docs } = this;
    const [score, owner, doc] = [scores[a], owners[a], docs[a]];
    scores[a] = scores[b];
    owners[a] = owners[b];
    docs[a] = docs[b];
    scores[b] = score;
    owners[b] = owner;
    docs[b] = doc;
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
