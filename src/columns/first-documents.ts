import type { SortKey } from '../query/query.js';
import type { DocumentOrder, PlacedDocument, SortableSegment } from './sort.js';

/** A segment whose documents may lie in the order of a key. */
export interface SearchableSegment extends SortableSegment {
  /** the key that its documents are numbered by; null = by none */
  readonly sortedBy: SortKey | null;
  isLive(doc: number): boolean;
}

export const isSortedBy = ({ sortedBy }: Pick<SearchableSegment, 'sortedBy'>, { field, order }: SortKey): boolean =>
  sortedBy?.field === field && sortedBy.order === order;

/** The first k of what is offered: a binary heap whose root is the last one kept. */
export class FirstDocuments {
  private readonly heap: PlacedDocument[] = [];

  constructor(
    private readonly k: number,
    private readonly order: DocumentOrder,
  ) {}

  /** Whether it would be among the first k so far. */
  wants(document: PlacedDocument): boolean {
    return this.heap.length < this.k || this.order(document, this.heap[0]) < 0;
  }

  /** Keeps a copy. @returns whether it is among the first k so far */
  offer(document: PlacedDocument): boolean {
    const { heap } = this;
    if (heap.length < this.k) {
      heap.push({ ...document });
      this.rise(heap.length - 1);
      return true;
    }
    if (!this.wants(document)) return false;
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
