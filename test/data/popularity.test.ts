import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyQueries, documentPopularity } from '../../data/popularity.js';

describe('classifyQueries', () => {
  it('cuts at the thirds of the cumulative weight', () => {
    // total 12, thirds at 4 and 8: a begins at 0, b at 4, c at 7, d at 9, e at 11
    const weights = new Map([
      ['e', 1],
      ['d', 2],
      ['c', 2],
      ['b', 3],
      ['a', 4],
    ]);
    expect([...classifyQueries(weights)]).toEqual([
      ['a', 'head'],
      ['b', 'torso'],
      ['c', 'torso'],
      ['d', 'tail'],
      ['e', 'tail'],
    ]);
  });

  it('does not depend on the order of the queries, and never puts a heavier query in a later class', () => {
    const rank = { head: 0, torso: 1, tail: 2 };
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.string(), fc.nat(20)), { selector: ([query]) => query, minLength: 1 }),
        entries => {
          const classes = classifyQueries(new Map(entries));
          expect([...classifyQueries(new Map([...entries].reverse()))]).toEqual([...classes]);
          for (const [a, m] of entries) {
            for (const [b, n] of entries)
              if (m > n) expect(rank[classes.get(a)!]).toBeLessThanOrEqual(rank[classes.get(b)!]);
          }
        },
      ),
    );
  });

  it('takes nothing', () => {
    expect(classifyQueries(new Map()).size).toBe(0);
  });
});

describe('documentPopularity', () => {
  it('adds up the weights of pairs', () => {
    const pairs = [
      { document: 2, weight: 0.5 },
      { document: 0, weight: 1 },
      { document: 2, weight: 0.25 },
    ];
    expect([...documentPopularity(pairs, 4)]).toEqual([1, 0, 0.75, 0]);
  });
});
