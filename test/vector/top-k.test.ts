import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTopK } from '../../src/vector/top-k.js';

describe('createTopK', () => {
  it('keeps the two best of four, ties by the smaller row', () => {
    const best = createTopK(2, (a, b) => a < b);
    for (const [row, score] of [
      [3, 0.5],
      [0, 0.1],
      [2, 0.5],
      [1, 0.5],
    ]) {
      best.offer(row, score);
    }
    expect(best.take()).toEqual([
      { row: 1, score: 0.5 },
      { row: 2, score: 0.5 },
    ]);
    expect(best.take()).toEqual([]);
  });

  it('equals sorting everything, whatever the order of arrival', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 40 }),
        fc.integer({ min: 0, max: 45 }),
        (scores, k) => {
          const best = createTopK(k, (a, b) => a < b);
          scores.forEach((score, row) => {
            best.offer(row, score);
          });
          const sorted = scores
            .map((score, row) => ({ row, score }))
            .sort((a, b) => b.score - a.score || a.row - b.row);
          expect(best.take()).toEqual(sorted.slice(0, k));
        },
      ),
    );
  });
});
