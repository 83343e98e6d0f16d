import { type GroupValue, groupColumn } from '../columns/groups.js';
import { GroupedFirst } from '../math/grouped-first.js';
import type { Collector } from './collector.js';
import type { SegmentReader } from './segment-reader.js';
import { compareFound, type FoundDocument, TopK } from './top-k.js';

/** Hits by groups: those that have the same value of an attribute. */
export interface Grouping {
  readonly field: string;
  /** hits of a group at most, integer >= 1 */
  readonly size: number;
}

/** What groups documents belong to, by number. */
export interface GroupNumbers {
  /** -1 for a document that has no value, and is a group of its own */
  of(segment: SegmentReader, doc: number): number;
}

export function groupNumbers(field: string): GroupNumbers {
  const numbers = new Map<GroupValue, number>();
  const columns = new Map<SegmentReader, (doc: number) => GroupValue | undefined>();
  return {
    of: (segment, doc) => {
      const column = columns.get(segment) ?? groupColumn(segment.columns, field);
      columns.set(segment, column);
      const value = column(doc);
      if (value === undefined) return -1;
      const number = numbers.get(value) ?? numbers.size;
      numbers.set(value, number);
      return number;
    },
  };
}

/** Some documents of a list, in its order: the first ones of each group. */
export function firstOfGroups<T>(groupOf: (item: T) => number, size: number): (list: readonly T[]) => T[] {
  const counts = new Map<number, number>();
  return list =>
    list.filter(item => {
      const group = groupOf(item);
      if (group < 0) return true;
      const count = (counts.get(group) ?? 0) + 1;
      counts.set(group, count);
      return count <= size;
    });
}

/**
 * The best documents whatever their group, and behind them the best k of what is left with at most so many of one group: enough to make of both, when the
 * first ones are ranked anew, the best k of all with at most so many of one group.
 */
export class GroupedTopK implements Collector {
  private readonly head: TopK | undefined;
  private readonly rest: GroupedFirst<FoundDocument>;

  /** @param depth  best ones whatever their group, >= 0 */
  constructor(
    k: number,
    depth: number,
    size: number,
    private readonly groups: GroupNumbers,
  ) {
    this.head = depth === 0 ? undefined : new TopK(depth);
    this.rest = new GroupedFirst(k, size, compareFound);
  }

  get least(): number {
    return this.rest.last?.score ?? -Infinity;
  }

  wants(score: number, segment: SegmentReader, doc: number): boolean {
    if (score < this.least) return false;
    if (this.head?.wants(score, segment, doc)) return true;
    return this.rest.wants({ segment, doc, score }, this.groups.of(segment, doc));
  }

  offer(score: number, segment: SegmentReader, doc: number): void {
    const behind = this.head === undefined ? { score, segment, doc } : this.head.exchange(score, segment, doc);
    if (behind !== undefined) this.rest.offer(behind, this.groups.of(behind.segment, behind.doc));
  }

  /** Each best first. */
  take(): { readonly head: readonly FoundDocument[]; readonly rest: readonly FoundDocument[] } {
    return { head: this.head?.takeFound() ?? [], rest: this.rest.take() };
  }
}
