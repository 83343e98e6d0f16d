import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchRecall, knnRecall, rocAuc } from '../../src/evaluation/embedding-metrics.js';

describe('batch recall', () => {
  // ranks of the diagonal: row 0: 1; row 1: 2 (.9 ahead of .5); row 2: 3
  const scores = Float32Array.of(0.9, 0.1, 0.2, 0.9, 0.5, 0.1, 0.8, 0.7, 0.6);

  it('hand-worked [3, 3]', () => {
    expect(batchRecall(scores, 3, 1)).toBeCloseTo(1 / 3, 12);
    expect(batchRecall(scores, 3, 2)).toBeCloseTo(2 / 3, 12);
    expect(batchRecall(scores, 3, 3)).toBe(1);
  });

  it('a constant or diverged model gains nothing', () => {
    expect(batchRecall(new Float32Array(16).fill(0.5), 4, 1)).toBe(0);
    expect(batchRecall(new Float32Array(16).fill(Number.NaN), 4, 3)).toBe(0);
  });

  it('refuses a matrix of another shape', () => {
    expect(() => batchRecall(scores, 2, 1)).toThrowError(expect.objectContaining({ code: 'usage/bad-value' }));
    expect(() => batchRecall(new Float32Array(0), 0, 1)).toThrowError(
      expect.objectContaining({ code: 'usage/bad-value' }),
    );
  });

  it('equals the rank found by sorting the row', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 6 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 4 })),
        (B, K, draw) => {
          const drawn = Float32Array.from({ length: B * B }, () => draw.next().value);
          const ranks = Array.from({ length: B }, (_, row) => {
            const cells = Array.from(drawn.subarray(row * B, row * B + B), (score, column) => ({ score, column }));
            cells.sort((a, b) => b.score - a.score || Number(a.column === row) - Number(b.column === row));
            return cells.findIndex(cell => cell.column === row) + 1;
          });
          expect(batchRecall(drawn, B, K)).toBeCloseTo(ranks.filter(rank => rank <= K).length / B, 12);
        },
      ),
    );
  });
});

describe('KNN recall', () => {
  it('hand-worked: positives at ranks 1, 3 and nowhere', () => {
    const neighbours = [
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
    ];
    expect(knnRecall(neighbours, ['a', 'c', 'z'], 1)).toBeCloseTo(1 / 3, 12);
    expect(knnRecall(neighbours, ['a', 'c', 'z'], 2)).toBeCloseTo(1 / 3, 12);
    expect(knnRecall(neighbours, ['a', 'c', 'z'], 3)).toBeCloseTo(2 / 3, 12);
  });

  it('refuses lists that do not belong together, and none at all', () => {
    expect(() => knnRecall([['a']], [], 1)).toThrowError(expect.objectContaining({ code: 'usage/bad-value' }));
    expect(() => knnRecall([], [], 1)).toThrowError(expect.objectContaining({ code: 'evaluation/no-queries' }));
  });
});

describe('ROC AUC', () => {
  it('hand-worked: 3 of 4 pairs in order', () => {
    // positives .8 and .35; negatives .1 and .4: only (.35, .4) is out of order
    expect(rocAuc([0.1, 0.4, 0.35, 0.8], [false, false, true, true])).toBe(0.75);
  });

  it('a tie counts one half', () => {
    // pairs: (2 > 1) 1, (1 = 1) 1/2
    expect(rocAuc([2, 1, 1], [1, 1, 0])).toBe(0.75);
    expect(rocAuc([5, 5, 5, 5], [1, 0, 1, 0])).toBe(0.5);
  });

  it('equals counting all pairs', () => {
    const rows = fc.array(fc.tuple(fc.constantFrom(-Infinity, -1, 0, 0.5, 2, Infinity), fc.boolean()), {
      minLength: 2,
      maxLength: 40,
    });
    fc.assert(
      fc.property(rows, drawn => {
        const positives = drawn.filter(([, positive]) => positive).map(([score]) => score);
        const negatives = drawn.filter(([, positive]) => !positive).map(([score]) => score);
        fc.pre(positives.length > 0 && negatives.length > 0);
        let won = 0;
        for (const p of positives) for (const n of negatives) won += p > n ? 1 : p === n ? 0.5 : 0;
        const auc = rocAuc(
          drawn.map(([score]) => score),
          drawn.map(([, positive]) => positive),
        );
        expect(auc).toBeCloseTo(won / (positives.length * negatives.length), 12);
      }),
    );
  });

  it('refuses one class alone, NaN and lengths that differ', () => {
    expect(() => rocAuc([1, 2], [true, true])).toThrowError(expect.objectContaining({ code: 'evaluation/one-class' }));
    expect(() => rocAuc([], [])).toThrowError(expect.objectContaining({ code: 'evaluation/one-class' }));
    expect(() => rocAuc([1, Number.NaN], [true, false])).toThrowError(
      expect.objectContaining({ code: 'usage/bad-value' }),
    );
    expect(() => rocAuc([1], [true, false])).toThrowError(expect.objectContaining({ code: 'usage/bad-value' }));
  });
});
