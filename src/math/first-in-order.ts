/** The first k of what is offered: a binary heap whose root is the last one kept. */
export class FirstInOrder<T> {
  private readonly heap: T[] = [];

  constructor(
    private readonly k: number,
    private readonly order: (a: T, b: T) => number,
  ) {}

  /** Whether it would be among the first k so far. */
  wants(item: T): boolean {
    return this.heap.length < this.k || this.order(item, this.heap[0]) < 0;
  }

  /** Whether whatever stands behind it cannot be among them either. */
  isBehind(item: T): boolean {
    return !this.wants(item);
  }

  /** @returns whether it is among the first k so far */
  offer(item: T): boolean {
    const { heap } = this;
    if (heap.length < this.k) {
      heap.push(item);
      this.rise(heap.length - 1);
      return true;
    }
    if (!this.wants(item)) return false;
    heap[0] = item;
    this.sink();
    return true;
  }

  /** In order. */
  take(): T[] {
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
