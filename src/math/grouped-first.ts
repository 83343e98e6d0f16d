interface Entry<T> {
  readonly item: T;
  readonly group: number;
  /** in the heap */
  at: number;
}

/**
 * The first k of what is offered, with at most so many of one group among them: what is left of all that was offered, in order, when each group is cut to
 * its first ones, and then all of it to k. A binary heap whose root is the last one kept.
 */
export class GroupedFirst<T> {
  private readonly heap: Entry<T>[] = [];
  private readonly groups = new Map<number, Entry<T>[]>();

  /** @param k  integer >= 1 @param size  of a group, integer >= 1 */
  constructor(
    private readonly k: number,
    private readonly size: number,
    private readonly order: (a: T, b: T) => number,
  ) {}

  /** The last one kept, behind which nothing will be kept; undefined while there is room. */
  get last(): T | undefined {
    return this.heap.length < this.k ? undefined : this.heap[0].item;
  }

  /** @param group  below 0: a group of its own */
  wants(item: T, group: number): boolean {
    const rival = this.rivalOf(group);
    return rival === undefined || this.order(item, rival.item) < 0;
  }

  /** Keeps an item that is wanted. @returns whether it was */
  offer(item: T, group: number): boolean {
    const rival = this.rivalOf(group);
    const entry: Entry<T> = { item, group, at: this.heap.length };
    if (rival === undefined) {
      this.heap.push(entry);
      this.rise(entry);
    } else {
      if (this.order(item, rival.item) >= 0) return false;
      this.forget(rival);
      entry.at = rival.at;
      this.heap[entry.at] = entry;
      this.rise(entry);
      this.sink(entry);
    }
    if (group < 0) return true;
    const members = this.groups.get(group);
    if (members === undefined) this.groups.set(group, [entry]);
    else members.push(entry);
    return true;
  }

  /** In order. */
  take(): T[] {
    return this.heap.map(({ item }) => item).sort(this.order);
  }

  /** What an item has to stand before, and would push out: the last one of its group where that is full, else of all; undefined where there is room. */
  private rivalOf(group: number): Entry<T> | undefined {
    const members = group < 0 ? undefined : this.groups.get(group);
    if (members?.length === this.size)
      return members.reduce((last, each) => (this.order(each.item, last.item) > 0 ? each : last));
    return this.heap.length < this.k ? undefined : this.heap[0];
  }

  private forget({ group, at }: Entry<T>): void {
    if (group < 0) return;
    const members = this.groups.get(group) as Entry<T>[];
    if (members.length === 1) this.groups.delete(group);
    else
      members.splice(
        members.findIndex(member => member.at === at),
        1,
      );
  }

  private rise(entry: Entry<T>): void {
    const { heap, order } = this;
    while (entry.at > 0) {
      const parent = heap[(entry.at - 1) >> 1];
      if (order(parent.item, entry.item) >= 0) return;
      this.swap(parent, entry);
    }
  }

  private sink(entry: Entry<T>): void {
    const { heap, order } = this;
    for (;;) {
      let last = entry;
      for (const child of [2 * entry.at + 1, 2 * entry.at + 2])
        if (child < heap.length && order(heap[child].item, last.item) > 0) last = heap[child];
      if (last === entry) return;
      this.swap(entry, last);
    }
  }

  private swap(a: Entry<T>, b: Entry<T>): void {
    [a.at, b.at] = [b.at, a.at];
    [this.heap[a.at], this.heap[b.at]] = [a, b];
  }
}
