import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/math/random.js';
import { planChunks } from '../../training/chunk-plan.js';

const sorted = (lengths: readonly number[]): number[] => [...lengths].sort((a, b) => a - b);
const length = fc.integer({ min: 0, max: 40 });

describe('planChunks', () => {
  it('holds every batch: counts add up to B, and no text is longer than its chunk', () => {
    const batches = fc.tuple(
      fc.array(fc.array(length, { maxLength: 30 }), { maxLength: 3 }),
      fc.array(length, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 8 }),
    );
    fc.assert(
      fc.property(batches, ([kinds, lengths, wanted]) => {
        const batch = sorted(lengths);
        const shape = planChunks(kinds, batch.length, Math.min(wanted, batch.length))(batch);
        expect(shape.reduce((sum, { count }) => sum + count, 0)).toBe(batch.length);
        let from = 0;
        for (const { tokens, count } of shape) {
          expect(count).toBeGreaterThan(0);
          expect(tokens).toBeGreaterThanOrEqual(Math.max(1, ...batch.slice(from, from + count)));
          from += count;
        }
      }),
    );
  });

  it('plans a corpus of one length by hand', () => {
    const plan = planChunks([[5, 5, 5]], 6, 3);
    expect(plan([1, 2, 3, 4, 5, 5])).toEqual([5, 5, 5].map(tokens => ({ tokens, count: 2 })));
    // a text of 9 does not fit: its chunk alone is rounded up to 16
    expect(plan([1, 2, 3, 4, 5, 9])).toEqual([5, 5, 16].map(tokens => ({ tokens, count: 2 })));
  });

  it('takes the shortest plan that holds the batch', () => {
    const plan = planChunks([[12], [3]], 2, 2);
    expect(plan([1, 3]).map(({ tokens }) => tokens)).toEqual([3, 3]);
    expect(plan([1, 4]).map(({ tokens }) => tokens)).toEqual([12, 12]);
    expect(plan([13, 20]).map(({ tokens }) => tokens)).toEqual([16, 24]);
  });

  it('puts a batch of another size into one chunk', () => {
    expect(planChunks([[5]], 6, 3)([1, 7])).toEqual([{ tokens: 7, count: 2 }]);
  });

  it('gives batches of one distribution few shapes, and wastes little on padding', () => {
    const random = seededRandom(9);
    // skewed, as titles are: most are short, some are long
    const lengths = Array.from({ length: 4000 }, () => 3 + Math.floor(-6 * Math.log(1 - random.next())));
    const plan = planChunks([lengths], 256, 8);
    const shapes = new Set<string>();
    let planned = 0;
    let needed = 0;
    for (let n = 0; n < 200; n++) {
      const batch = sorted(Array.from({ length: 256 }, () => lengths[random.below(lengths.length)]));
      const shape = plan(batch);
      shapes.add(JSON.stringify(shape));
      planned += shape.reduce((sum, { tokens, count }) => sum + tokens * count, 0);
      needed += batch.reduce((sum, tokens) => sum + tokens, 0);
    }
    expect(shapes.size).toBeLessThanOrEqual(16);
    expect(planned / needed).toBeLessThan(1.8);
  });
});
