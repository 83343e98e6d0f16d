import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GroupedFirst } from '../../src/math/grouped-first.js';

interface Item {
  readonly value: number;
  readonly group: number;
  readonly id: number;
}

const items = fc
  .array(fc.record({ value: fc.nat({ max: 12 }), group: fc.integer({ min: -1, max: 4 }) }), { maxLength: 60 })
  .map(all => all.map((item, id) => ({ ...item, id })));
const order = (a: Item, b: Item): number => a.value - b.value || a.id - b.id;

function naive(all: readonly Item[], k: number, size: number): Item[] {
  const counts = new Map<number, number>();
  return all
    .toSorted(order)
    .filter(({ group }) => {
      counts.set(group, (counts.get(group) ?? 0) + 1);
      return group < 0 || (counts.get(group) as number) <= size;
    })
    .slice(0, k);
}

describe('GroupedFirst', () => {
  it('keeps what is left when each group is cut and then all of it, whatever the order of arrival', () => {
    fc.assert(
      fc.property(items, fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 3 }), (all, k, size) => {
        const first = new GroupedFirst<Item>(k, size, order);
        all.forEach((item, i) => {
          const wanted = first.wants(item, item.group);
          const { last } = first;
          expect(first.offer(item, item.group)).toBe(wanted);
          expect(wanted).toBe(naive(all.slice(0, i + 1), k, size).includes(item));
          // nothing behind the last one is ever kept
          if (last !== undefined && order(item, last) >= 0) expect(wanted).toBe(false);
        });
        expect(first.take()).toEqual(naive(all, k, size));
      }),
      { numRuns: 500 },
    );
  });
});
