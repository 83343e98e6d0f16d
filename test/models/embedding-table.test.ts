import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRowAccumulator, createTable, poolBag } from '../../models/embedding-table.js';
import { seededRandom } from '../../src/math/random.js';

const table = { rows: 3, width: 2, values: Float32Array.of(1, 2, 3, 4, 5, 6) };

describe('createTable', () => {
  it('draws rows with the deviation that was asked for, the same for the same seed', () => {
    const { values } = createTable(200, 50, 0.05, seededRandom(3));
    const mean = values.reduce((a, b) => a + b) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
    // The mean of 10,000 draws has a deviation of .05 / 100, their deviation one of .05 / sqrt(20,000): four of each are allowed.
    expect(Math.abs(mean)).toBeLessThan(0.002);
    expect(Math.abs(deviation - 0.05)).toBeLessThan(0.0015);
    expect(createTable(200, 50, 0.05, seededRandom(3)).values).toEqual(values);
    expect(createTable(200, 50, 0.05, seededRandom(4)).values).not.toEqual(values);
  });
});

describe('poolBag', () => {
  it('is the sum over the square root of the number, repeated ids counted', () => {
    const into = new Float32Array(4).fill(9);
    // rows 0, 2, 2, 2: (1 + 15) / 2, (2 + 18) / 2
    poolBag(table, [0, 2, 2, 2], into, 1);
    expect(Array.from(into)).toEqual([9, 8, 10, 9]);
  });

  it('of no features is zero', () => {
    const into = new Float32Array(2).fill(9);
    poolBag(table, [], into, 0);
    expect(Array.from(into)).toEqual([0, 0]);
  });
});

describe('the row accumulator', () => {
  it('adds up scaled rows by id, worked by hand', () => {
    const accumulator = createRowAccumulator(table);
    const gradient = Float32Array.of(1, 10, 100, 1000);
    accumulator.add(2, gradient, 0, 1);
    accumulator.add(0, gradient, 2, 0.5);
    accumulator.add(2, gradient, 2, 2);
    const { rows, values } = accumulator.gradients();
    expect(rows).toEqual([2, 0]);
    expect(Array.from(values.subarray(0, 4))).toEqual([201, 2010, 50, 500]);
  });

  it('starts from zero after a reset', () => {
    const accumulator = createRowAccumulator(table);
    accumulator.add(1, Float32Array.of(1, 1), 0, 1);
    accumulator.reset();
    expect(accumulator.gradients().rows).toEqual([]);
    accumulator.add(1, Float32Array.of(3, 4), 0, 1);
    expect(Array.from(accumulator.gradients().values.subarray(0, 2))).toEqual([3, 4]);
  });

  it('equals a dense sum, over batches and beyond the rows that it first had room for', () => {
    const batches = fc.array(fc.array(fc.tuple(fc.nat(2999), fc.integer({ min: -8, max: 8 })), { maxLength: 40 }), {
      maxLength: 4,
    });
    const accumulator = createRowAccumulator({ rows: 3000, width: 1 } as typeof table);
    fc.assert(
      fc.property(batches, fc.boolean(), (many, everyRow) => {
        for (const batch of many) {
          const additions = everyRow ? [...batch, ...Array.from({ length: 2500 }, (_, id) => [id, 1] as const)] : batch;
          const dense = new Map<number, number>();
          for (const [id, x] of additions) {
            accumulator.add(id, Float32Array.of(7, x), 1, 2);
            dense.set(id, (dense.get(id) ?? 0) + 2 * x);
          }
          const { rows, values } = accumulator.gradients();
          expect(new Map(rows.map((id, i) => [id, values[i]]))).toEqual(dense);
          accumulator.reset();
        }
      }),
      { numRuns: 20 },
    );
  });
});
