import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeLambdas, type LambdaTable } from '../../../training/ranking/lambdas.js';
import { bestGains } from '../../../training/ranking/ndcg.js';

const discount = (rank: number): number => 1 / Math.log2(rank + 2);

interface Given {
  readonly scores: readonly number[];
  readonly gains: readonly number[];
  readonly groups?: readonly number[];
  readonly weights?: readonly number[];
  readonly truncation?: number;
}

/** Gradients and hessians by row. */
function lambdasOf(given: Given): { gradients: number[]; hessians: number[] } {
  const { scores, gains, groups = [0, scores.length], truncation = 30 } = given;
  const rows = scores.length;
  const rowsOf = { features: [], columns: [], gains: Float64Array.from(gains), groups: Uint32Array.from(groups) };
  const best = bestGains(rowsOf, truncation);
  const table: LambdaTable = {
    groups: rowsOf.groups,
    gains: rowsOf.gains,
    inverseBest: best.map(gain => (gain === 0 ? 0 : 1 / gain)),
    weights: Float64Array.from(given.weights ?? best.map(() => 1)),
    scores: Float64Array.from(scores),
    order: Uint32Array.from({ length: rows }, (_, row) => row),
    spare: new Uint32Array(rows),
    gradients: new Float32Array(2 * rows).fill(99),
    truncation,
  };
  computeLambdas(table, 0, groups.length - 1);
  const every = (from: number): number[] => [...table.gradients].filter((_, i) => i % 2 === from);
  return { gradients: every(0), hessians: every(1) };
}

const closeTo = (values: readonly number[], digits = 6) => values.map(value => expect.closeTo(value, digits));

describe('computeLambdas', () => {
  it('is the worked example of three documents', () => {
    // a, b, c with gains 2, 0, 1 stand b, a, c; best order a, c, b
    const best = 2 + discount(1);
    const rho = (distance: number): number => 1 / (1 + Math.exp(distance));
    // better over worse: |gain| |discount| / best, over .01 + the distance of the scores
    const ab = { rho: rho(-1), delta: (2 * (1 - discount(1))) / best / 1.01 };
    const cb = { rho: rho(-2), delta: (1 * (1 - 0.5)) / best / 2.01 };
    const ac = { rho: rho(1), delta: (1 * (discount(1) - 0.5)) / best / 1.01 };
    const push = (pair: typeof ab): number => pair.rho * pair.delta;
    const curve = (pair: typeof ab): number => pair.rho * (1 - pair.rho) * pair.delta;
    const sum = 2 * (push(ab) + push(cb) + push(ac));
    const scale = Math.log2(1 + sum) / sum;
    const { gradients, hessians } = lambdasOf({ scores: [1, 2, 0], gains: [2, 0, 1] });
    expect(gradients).toEqual(
      closeTo([-push(ab) - push(ac), push(ab) + push(cb), push(ac) - push(cb)].map(value => value * scale)),
    );
    expect(hessians).toEqual(
      closeTo([curve(ab) + curve(ac), curve(ab) + curve(cb), curve(ac) + curve(cb)].map(value => value * scale)),
    );
  });

  it('does not divide by the distance where all scores are the same: the first tree', () => {
    // best order already: the pair of gains 1 and 0 at ranks 0 and 1
    const delta = 1 - discount(1);
    const sum = 2 * 0.5 * delta;
    const { gradients } = lambdasOf({ scores: [3, 3], gains: [1, 0] });
    const push = (0.5 * delta * Math.log2(1 + sum)) / sum;
    expect(gradients).toEqual(closeTo([-push, push]));
  });

  it('ranks documents of equal scores in the order of their rows', () => {
    // the better one stands second, behind a document of the same score; a third one far below it makes the query not flat
    const { gradients } = lambdasOf({ scores: [1, 1, 0], gains: [0, 1, 0] });
    const other = lambdasOf({ scores: [1, 1, 0], gains: [1, 0, 0] }).gradients;
    expect(gradients[1]).toBeLessThan(0);
    expect(Math.abs(gradients[1] - other[0])).toBeGreaterThan(1e-3);
  });

  it('pairs what is among the first k alone with all others', () => {
    // ranks 0 1 2 3; with truncation 1, the two documents of gain 1 at ranks 2 and 3 pair with rank 0, not with rank 1
    const { gradients } = lambdasOf({ scores: [4, 3, 2, 1], gains: [0, 0, 1, 1], truncation: 1 });
    expect(gradients[0]).toBeGreaterThan(0);
    expect(gradients[1]).toBe(0);
    expect(gradients[2]).toBeLessThan(0);
    expect(gradients[3]).toBeLessThan(0);
  });

  it.each([
    ['one document', { scores: [1], gains: [2] }],
    ['no gains', { scores: [1, 2, 3], gains: [0, 0, 0] }],
    ['one gain for all', { scores: [1, 2, 3], gains: [2, 2, 2] }],
    ['no documents', { scores: [], gains: [], groups: [0, 0] }],
  ])('has nothing to say of a query of %s', (_, given) => {
    const { gradients, hessians } = lambdasOf(given);
    expect(gradients.concat(hessians).every(value => value === 0)).toBe(true);
  });

  it('takes the weight of a query', () => {
    const given = { scores: [1, 2, 1, 2], gains: [1, 0, 1, 0], groups: [0, 2, 4] };
    const { gradients } = lambdasOf({ ...given, weights: [1, 3] });
    expect(gradients[2]).toBeCloseTo(3 * gradients[0], 6);
  });

  const query = fc
    .array(fc.tuple(fc.integer({ min: -8, max: 8 }), fc.constantFrom<number[]>(0, 0, 0, 0.33, 1, 2.5)), {
      minLength: 2,
      maxLength: 40,
    })
    .map(documents => ({ scores: documents.map(([score]) => score / 4), gains: documents.map(([, gain]) => gain) }));

  it('draws better documents up: gradients sum to 0, the best has none above 0, hessians none below', () => {
    fc.assert(
      fc.property(query, given => {
        const { gradients, hessians } = lambdasOf(given);
        expect(Math.abs(gradients.reduce((sum, value) => sum + value, 0))).toBeLessThan(1e-5);
        expect(hessians.every(value => value >= 0)).toBe(true);
        const most = Math.max(...given.gains);
        const least = Math.min(...given.gains);
        gradients.forEach((gradient, row) => {
          if (given.gains[row] === most) expect(gradient).toBeLessThanOrEqual(0);
          if (given.gains[row] === least) expect(gradient).toBeGreaterThanOrEqual(0);
        });
      }),
    );
  });

  it('is the derivative of the pairwise loss with its weights held', () => {
    fc.assert(
      fc.property(query, ({ scores, gains }) => {
        // all pairs, weights as in the docstring
        const order = scores.map((_, row) => row).sort((a, b) => scores[b] - scores[a] || a - b);
        const rank = scores.map((_, row) => order.indexOf(row));
        const best = [...gains]
          .sort((a, b) => b - a)
          .slice(0, 30)
          .reduce((sum, gain, at) => sum + gain * discount(at), 0);
        const isFlat = new Set(scores).size === 1;
        const pairs = gains.flatMap((gain, i) =>
          gains.flatMap((other, j) => {
            if (gain <= other || Math.min(rank[i], rank[j]) >= 30) return [];
            const delta = ((gain - other) * Math.abs(discount(rank[i]) - discount(rank[j]))) / best;
            return [{ i, j, delta: isFlat ? delta : delta / (0.01 + Math.abs(scores[i] - scores[j])) }];
          }),
        );
        const loss = (at: readonly number[]): number =>
          pairs.reduce((sum, { i, j, delta }) => sum + delta * Math.log1p(Math.exp(at[j] - at[i])), 0);
        const sum = pairs.reduce(
          (all, { i, j, delta }) => all + (2 * delta) / (1 + Math.exp(scores[i] - scores[j])),
          0,
        );
        const scale = sum === 0 ? 0 : Math.log2(1 + sum) / sum;
        const { gradients } = lambdasOf({ scores, gains });
        const step = 1e-4;
        gradients.forEach((gradient, row) => {
          const moved = (by: number): number => loss(scores.with(row, scores[row] + by));
          expect(gradient).toBeCloseTo(((moved(step) - moved(-step)) / (2 * step)) * scale, 4);
        });
      }),
      { numRuns: 50 },
    );
  });
});
