import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/math/random.js';
import { assignBins, findBins, sampleRows } from '../../../training/ranking/bins.js';

const binsOf = (values: readonly number[], most: number, kind: 'number' | 'category' = 'number') =>
  findBins(kind, Float32Array.from(values), Uint32Array.from(values.keys()), most);

/** `count` times each value. */
const times = (count: number, ...values: number[]): number[] => values.flatMap(value => new Array(count).fill(value));

describe('findBins', () => {
  it('gives each value a bin where there are few, and parts them in the middle', () => {
    const { bounds, count, hasRest } = binsOf(times(5, 1, 2, 4), 255);
    expect([...bounds]).toEqual([1.5, 3]);
    expect([count, hasRest]).toEqual([3, false]);
  });

  it('keeps the last bin for what is missing', () => {
    const { bounds, count, hasRest } = binsOf([...times(5, 1, 2), Number.NaN], 255);
    expect([...bounds]).toEqual([1.5]);
    expect([count, hasRest]).toEqual([3, true]);
  });

  it('joins values with less than three rows', () => {
    expect([...binsOf([1, 2, 3, 4, 5, 6], 255).bounds]).toEqual([3.5]);
  });

  it('makes bins of as many rows each where there are many values', () => {
    // 100 values into 4 bins: 25 each
    expect([
      ...binsOf(
        Array.from({ length: 100 }, (_, i) => i),
        4,
      ).bounds,
    ]).toEqual([24.5, 49.5, 74.5]);
  });

  it('gives a frequent value a bin of its own', () => {
    const values = [
      ...Array.from({ length: 50 }, (_, i) => i + 1),
      ...times(50, 0),
      ...Array.from({ length: 50 }, (_, i) => -i - 1),
    ];
    const { bounds } = binsOf(values, 5);
    expect([...bounds]).toContain(-0.5);
    expect([...bounds]).toContain(0.5);
  });

  it('has one bin for a constant, and for nothing but gaps', () => {
    expect(binsOf(times(9, 7), 255)).toMatchObject({ count: 1, hasRest: false });
    expect(binsOf([Number.NaN, Number.NaN], 255)).toMatchObject({ count: 2, hasRest: true });
  });

  it('names the most frequent categories', () => {
    const { categories, count } = binsOf(
      [...times(3, 9), ...times(5, 4), ...times(3, 2), 7, Number.NaN],
      4,
      'category',
    );
    expect([...categories]).toEqual([4, 2, 9]);
    expect(count).toBe(4);
  });
});

describe('assignBins', () => {
  it('finds the first bound that is not below a value', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ noDefaultInfinity: true }), { minLength: 1, maxLength: 300 }),
        fc.integer({ min: 2, max: 255 }),
        (values, most) => {
          const bins = binsOf(values, most);
          expect(bins.count).toBeLessThanOrEqual(most);
          const column = Float32Array.from(values);
          assignBins(bins, column, (row, bin) => {
            const at = bins.bounds.findIndex(bound => column[row] <= bound);
            expect(bin).toBe(Number.isNaN(column[row]) ? bins.count - 1 : at < 0 ? bins.bounds.length : at);
          });
        },
      ),
    );
  });

  it('puts categories that are rare or missing into the last bin', () => {
    const values = [...times(3, 9), ...times(5, 4), 7, Number.NaN];
    const found: number[] = [];
    assignBins(binsOf(values, 3, 'category'), Float32Array.of(4, 9, 7, Number.NaN, 100), (_, bin) => found.push(bin));
    expect(found).toEqual([0, 1, 2, 2, 2]);
  });
});

describe('sampleRows', () => {
  it('is all rows, or as many different ones as a sample has', () => {
    expect([...sampleRows(3, seededRandom(1))]).toEqual([0, 1, 2]);
    const sample = sampleRows(300_000, seededRandom(1));
    expect(new Set(sample).size).toBe(200_000);
    expect(sample.every((row, i) => i === 0 || row > sample[i - 1])).toBe(true);
  });
});
