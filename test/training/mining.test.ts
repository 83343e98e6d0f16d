import { describe, expect, it } from 'vitest';
import { stageSchema } from '../../src/config/training.js';
import { blockDuplicates } from '../../training/duplicates.js';
import { closedPlace } from '../../training/losses.js';
import { drawNegatives, minedCount, mineNegatives, positivesByQuery } from '../../training/mining.js';

const pairs = [
  { query: 'lamp', document: 4, weight: 1 },
  { query: 'sink', document: 7, weight: 1 },
  { query: 'lamp', document: 2, weight: 1 },
  { query: 'lamp', country: 'PT', document: 9, weight: 1 },
];

describe('positivesByQuery', () => {
  it('gathers the documents of a query and its country', () => {
    expect([...positivesByQuery(pairs)]).toEqual([
      ['lamp\t', new Set([4, 2])],
      ['sink\t', new Set([7])],
      ['lamp\tPT', new Set([9])],
    ]);
  });
});

describe('mineNegatives', () => {
  it('takes the ranks from..to less the positives, and says where there are fewer', () => {
    const found = [
      [4, 1, 2, 3, 5, 6],
      [7, 8],
    ];
    const { documents, width } = mineNegatives(found, [new Set([4, 2]), new Set([7])], { perQuery: 1, from: 2, to: 4 });
    expect(width).toBe(3);
    // query 0: ranks 2..4 = 1, 2, 3 less 2; query 1: rank 2 = 8
    expect([...documents]).toEqual([1, 3, -1, 8, -1, -1]);
  });
});

describe('drawNegatives', () => {
  const mined = { documents: Int32Array.of(1, 3, -1, -1), width: 2 };
  const numberOf = new Map([
    ['lamp\t', 0],
    ['sink\t', 1],
  ]);

  it('draws from the lists of the queries in turn, and at random where there is none', () => {
    const drawn = drawNegatives(mined, numberOf, [pairs[0], pairs[1]], 40, 6, 5);
    expect(drawn).toHaveLength(40);
    const [lamp, sink] = [drawn.filter((_, i) => i % 2 === 0), drawn.filter((_, i) => i % 2 === 1)];
    expect(new Set(lamp)).toEqual(new Set([1, 3]));
    expect(new Set(sink).size).toBeGreaterThan(2);
    expect(Math.max(...sink)).toBeLessThan(6);
    expect(drawNegatives(mined, numberOf, [pairs[0], pairs[1]], 40, 6, 5)).toEqual(drawn);
  });

  it('counts the places of labelled pairs', () => {
    const stage = stageSchema.parse({ name: 's', epochs: 1, pseudoShare: 0.25, mined: { perQuery: 2 } });
    expect(minedCount(stage, 8)).toBe(12);
  });
});

describe('blockDuplicates with negatives', () => {
  it('closes a negative for the rows that it answers', () => {
    const blocked = blockDuplicates(['lamp\t', 'sink\t'], [4, 7], [2, 7, 5], positivesByQuery(pairs));
    const x = closedPlace;
    expect([...blocked]).toEqual([0, 0, x, 0, 0, 0, 0, 0, x, 0].map(value => Math.fround(value)));
  });
});
