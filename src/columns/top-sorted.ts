import { type BitSet, nextBit } from '../math/bit-set.js';
import type { SortKey } from '../query/query.js';
import { type DocumentOrder, documentOrder, type PlacedDocument, type SortableSegment } from './sort.js';

/** A segment whose documents may lie in the order of a key. */
export interface SearchableSegment extends SortableSegment {
  /** the key that its documents are numbered by; null = by none */
  readonly sortedBy: SortKey | null;
  isLive(doc: number): boolean;
}

/**
 * The first k matching documents in the order of the keys. A segment that lies in the order of the one key asked for is left when what follows
 * in it comes too late.
 * @param matches  by segment; removed documents are passed over
 * @param k  integer >= 1
 * @param scoreOf  for `_score`
 */
export function topSorted(
  segments: readonly SearchableSegment[],
  matches: readonly BitSet[],
  keys: readonly SortKey[],
  k: number,
  scoreOf?: (place: number, doc: number) => number,
): PlacedDocument[] {
  const order = documentOrder(segments, keys);
  const best = new FirstDocuments(k, order);
  segments.forEach((segment, place) => {
    const inOrder = keys.length === 1 && isSortedBy(segment, keys[0]);
    const offered = { place, doc: 0, score: 0 };
    for (let doc = nextBit(matches[place], 0); doc >= 0; doc = nextBit(matches[place], doc + 1)) {
      if (!segment.isLive(doc)) continue;
      offered.doc = doc;
      if (scoreOf !== undefined) offered.score = scoreOf(place, doc);
      if (!best.offer(offered) && inOrder) return;
    }
  });
  return best.take();
}

export const isSortedBy = ({ sortedBy }: Pick<SearchableSegment, 'sortedBy'>, { field, order }: SortKey): boolean =>
  sortedBy?.field === field && sortedBy.order === order;

/** The first k of what is offered: a binary heap whose root is the last one kept. */
class FirstDocuments {
  private readonly heap: PlacedDocument[] = [];

  constructor(
    private readonly k: number,
    private readonly order: DocumentOrder,
  ) {}

  /** Keeps a copy. @returns whether it is among the first k so far */
  offer(document: PlacedDocument): boolean {
    const { heap } = this;
    if (heap.length < this.k) {
      heap.push({ ...document });
      this.rise(heap.length - 1);
      return true;
    }
    if (this.order(document, heap[0]) >= 0) return false;
    heap[0] = { ...document };
    this.sink();
    return true;
  }

  /** In order. */
  take(): PlacedDocument[] {
    return this.heap.sort(this.order);
  }

  private rise(from: number): void {
    const { heap, order } = this;
    let child = from;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (order(heap[parent], heap[child]) >= 0) return;
      [heap[parent], heap[child]] = [heap[child], heap[parent]];
      child = parent;
    }
  }

  private sink(): void {
    const { heap, order } = this;
    let parent = 0;
    for (;;) {
      let last = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2])
        if (child < heap.length && order(heap[child], heap[last]) > 0) last = child;
      if (last === parent) return;
      [heap[last], heap[parent]] = [heap[parent], heap[last]];
      parent = last;
    }
  }
}
