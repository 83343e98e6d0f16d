import { describe, expect, it } from 'vitest';
import { lambdaMartSchema } from '../../../src/config/ranking.js';
import { seededRandom } from '../../../src/math/random.js';
import { compileEnsemble } from '../../../src/ranking/trees/compile.js';
import type { EnsembleFeature, TreeEnsemble } from '../../../src/ranking/trees/ensemble.js';
import { readEnsemble, writeEnsemble } from '../../../src/ranking/trees/stored-ensemble.js';
import { type LambdaMartState, trainLambdaMart } from '../../../training/ranking/lambda-mart.js';
import { ndcgMeter } from '../../../training/ranking/ndcg.js';
import type { RankingRows } from '../../../training/ranking/rows.js';
import { learnableRows, numbers, type Row, rowsOf } from './rows-of.js';

const rows = learnableRows(1, 300);
const validation = learnableRows(2, 100);
const optionsOf = (given: object) => lambdaMartSchema.parse({ trees: 20, leaves: 8, threads: 1, ...given });

const scoresOf = (ensemble: Parameters<typeof compileEnsemble>[0], { columns }: RankingRows): Float64Array =>
  compileEnsemble(ensemble).scores(columns.map(column => Float64Array.from(column)));

describe('trainLambdaMart', () => {
  it('puts better documents first, also of queries that it has not seen', async () => {
    const { ensemble, curve, best } = await trainLambdaMart(rows, validation, optionsOf({}));
    const chance = ndcgMeter(validation, 10)(new Float64Array(validation.gains.length));
    expect(best.validation).toBeGreaterThan(chance + 0.2);
    expect(curve[0].train).toBeLessThan(curve.at(-1)!.train);
    expect(ensemble.trees).toHaveLength(best.tree);
    // what it has measured is what serving computes
    expect(ndcgMeter(validation, 10)(scoresOf(ensemble, validation))).toBe(best.validation);
    expect(ndcgMeter(rows, 10)(scoresOf(ensemble, rows))).toBe(best.train);
  });

  it.each([2, 3])('grows the same trees with %d threads', async threads => {
    const given = { queryShare: 0.7, featureShare: 0.8, trees: 6 };
    const alone = await trainLambdaMart(rows, validation, optionsOf(given));
    const together = await trainLambdaMart(rows, validation, optionsOf({ ...given, threads }));
    expect(together).toEqual(alone);
  });

  it('grows other trees from another seed, where there is something to draw', async () => {
    const [one, two] = await Promise.all(
      [1, 2].map(seed => trainLambdaMart(rows, undefined, optionsOf({ queryShare: 0.5, trees: 3, seed }))),
    );
    expect(one.ensemble).not.toEqual(two.ensemble);
  });

  it('goes on where a run was interrupted, and ends with the same bytes', async () => {
    const options = optionsOf({ queryShare: 0.6, featureShare: 0.6, trees: 12, earlyStop: 0 });
    const states: LambdaMartState[] = [];
    const whole = await trainLambdaMart(rows, validation, options, {
      saveState: state => {
        states.push(state);
      },
    });
    const { ensemble, curve } = states[4];
    const state = { ensemble: readEnsemble(JSON.parse(JSON.stringify(writeEnsemble(ensemble)))), curve };
    const resumed = await trainLambdaMart(rows, validation, options, { state });
    expect(JSON.stringify(writeEnsemble(resumed.ensemble))).toBe(JSON.stringify(writeEnsemble(whole.ensemble)));
    expect(resumed.curve).toEqual(whole.curve);
  });

  it('stops after so many trees without a better nDCG, and ends where it was best', async () => {
    const options = optionsOf({ trees: 400, earlyStop: 5, leaves: 31, minLeaf: 1, learningRate: 0.5 });
    const { ensemble, curve, best } = await trainLambdaMart(learnableRows(1, 30), validation, options);
    expect(curve.length).toBeLessThan(400);
    expect(curve.length).toBe(best.tree + 5);
    expect(Math.max(...curve.map(point => point.validation!))).toBe(best.validation);
    expect(ensemble.trees).toHaveLength(best.tree);
  });

  it('grows all trees without validation', async () => {
    const { ensemble, best } = await trainLambdaMart(rows, undefined, optionsOf({ trees: 7, earlyStop: 1 }));
    expect(ensemble.trees).toHaveLength(7);
    expect(best.validation).toBeUndefined();
  });

  it('tells of each tree', async () => {
    const told: number[] = [];
    await trainLambdaMart(rows, undefined, optionsOf({ trees: 3 }), {
      onTree: ({ tree, trees, seconds }) => {
        expect([trees, seconds > 0]).toEqual([3, true]);
        told.push(tree);
      },
    });
    expect(told).toEqual([1, 2, 3]);
  });

  it('never lets the score fall when a monotone feature rises', async () => {
    // the feature says the opposite in a part of the queries, so that a free ranker would not keep to it
    const { ensemble } = await trainLambdaMart(twisted(1), undefined, optionsOf({ trees: 40, leaves: 31, minLeaf: 5 }));
    const freely = await trainLambdaMart(
      twisted(undefined),
      undefined,
      optionsOf({ trees: 40, leaves: 31, minLeaf: 5 }),
    );
    const probe = randomProbe(200);
    const grid = Array.from({ length: 61 }, (_, i) => -3 + i / 10);
    const falls = (trees: TreeEnsemble): number => {
      const byValue = grid.map(value =>
        compileEnsemble(trees).scores(probe.with(0, new Float64Array(200).fill(value))),
      );
      return byValue.slice(1).filter((scores, i) => scores.some((score, row) => score < byValue[i][row] - 1e-12))
        .length;
    };
    expect(falls(ensemble)).toBe(0);
    expect(falls(freely.ensemble)).toBeGreaterThan(10);
    expect(ensemble.trees.some(tree => tree.feature.includes(0))).toBe(true);
  });

  it('learns from what is missing', async () => {
    // the better one of two is the one without a value
    const queries = Array.from({ length: 40 }, (_, i): Row[] => [
      [[i], 0],
      [[Number.NaN], 1],
    ]);
    const { ensemble, best } = await trainLambdaMart(
      rowsOf(numbers(1), queries),
      undefined,
      optionsOf({ trees: 1, minLeaf: 1 }),
    );
    expect(best.train).toBe(1);
    const [known, missing] = scoresOf(
      ensemble,
      rowsOf(numbers(1), [
        [
          [[1e6], 0],
          [[Number.NaN], 1],
        ],
      ]),
    );
    expect(missing).toBeGreaterThan(known);
  });

  it('learns from categories, also of great numbers', async () => {
    const good = [3, 40, 65_535];
    const queries = Array.from({ length: 100 }, (_, i) =>
      [3, 7, 40, 1000, 65_535, 64_000, 12, 9].map(
        (category): Row => [[category], good.includes(category) && i % 7 > 0 ? 1 : 0],
      ),
    );
    const given = rowsOf([{ name: 'kind', kind: 'category' }], queries);
    const { ensemble, best } = await trainLambdaMart(given, undefined, optionsOf({ trees: 10, minLeaf: 1 }));
    expect(best.train).toBe(1);
    const scores = scoresOf(
      ensemble,
      rowsOf(given.features, [[...good, 5, Number.NaN].map((category): Row => [[category], 0])]),
    );
    expect(Math.min(...scores.subarray(0, 3))).toBeGreaterThan(Math.max(...scores.subarray(3)));
  });

  it('counts queries by their weights', async () => {
    // two kinds of queries that contradict each other: the heavier kind wins
    const queries = Array.from({ length: 60 }, (_, i): Row[] => [
      [[0], i % 2],
      [[1], 1 - (i % 2)],
    ]);
    const wins = async (odd: number): Promise<boolean> => {
      const weights = Float64Array.from(queries, (_, i) => (i % 2 === 1 ? odd : 1));
      const { ensemble } = await trainLambdaMart(
        { ...rowsOf(numbers(1), queries), weights },
        undefined,
        optionsOf({ trees: 3, minLeaf: 1 }),
      );
      const [zero, one] = scoresOf(
        ensemble,
        rowsOf(numbers(1), [
          [
            [[0], 0],
            [[1], 0],
          ],
        ]),
      );
      return zero > one;
    };
    expect(await wins(5)).toBe(true);
    expect(await wins(0.2)).toBe(false);
  });

  it('needs no queries of one document, of no gain or of one gain, and learns the same beside them', async () => {
    const queries = Array.from({ length: 30 }, (_, i): Row[] => [
      [[i % 5], 0],
      [[5 + (i % 3)], 1],
    ]);
    const idle: Row[][] = [
      [[[3], 1]],
      [
        [[1], 0],
        [[9], 0],
      ],
      [
        [[1], 2],
        [[9], 2],
      ],
      [],
    ];
    const options = optionsOf({ trees: 4, minLeaf: 2 });
    const alone = await trainLambdaMart(rowsOf(numbers(1), queries), undefined, options);
    const beside = await trainLambdaMart(rowsOf(numbers(1), [...idle, ...queries]), undefined, options);
    expect(beside.ensemble.trees.map(({ value }) => [...value])).toEqual(
      alone.ensemble.trees.map(({ value }) => [...value]),
    );
  });
});

describe('trainLambdaMart refuses', () => {
  const two = rowsOf(numbers(2), [
    [
      [[1, 2], 0],
      [[2, 1], 1],
    ],
  ]);
  const refusal = async (given: RankingRows, code: string, judge?: RankingRows, state?: LambdaMartState) =>
    expect(trainLambdaMart(given, judge, optionsOf({}), { state })).rejects.toMatchObject({ code });

  it.each([
    ['a column too few', { ...two, columns: two.columns.slice(1) }],
    ['no features', { ...two, features: [], columns: [] }],
    ['a short column', { ...two, columns: [Float32Array.of(1), two.columns[1]] }],
    ['an infinite value', { ...two, columns: [Float32Array.of(1, Infinity), two.columns[1]] }],
    ['a gain below 0', { ...two, gains: Float64Array.of(0, -1) }],
    ['a gain that is missing', { ...two, gains: Float64Array.of(0, Number.NaN) }],
    ['groups that end too early', { ...two, groups: Uint32Array.of(0, 1) }],
    ['groups that go back', { ...two, groups: Uint32Array.of(0, 2, 1, 2) }],
    ['no groups', { ...two, groups: new Uint32Array(0) }],
    ['a weight of 0', { ...two, weights: Float64Array.of(0) }],
    ['weights of rows', { ...two, weights: Float64Array.of(1, 1) }],
    [
      'half a category',
      rowsOf(
        [{ name: 'a', kind: 'category' }],
        [
          [
            [[1.5], 0],
            [[2], 1],
          ],
        ],
      ),
    ],
    [
      'a category too great',
      rowsOf(
        [{ name: 'a', kind: 'category' }],
        [
          [
            [[65_536], 0],
            [[2], 1],
          ],
        ],
      ),
    ],
    [
      'a category with a direction',
      rowsOf(
        [{ name: 'a', kind: 'category', monotone: 1 }],
        [
          [
            [[1], 0],
            [[2], 1],
          ],
        ],
      ),
    ],
  ])('%s', (_, given) => refusal(given, 'ranker/bad-rows'));

  it('rows that teach nothing', async () => {
    await refusal(
      rowsOf(numbers(1), [
        [
          [[1], 0],
          [[2], 0],
        ],
      ]),
      'ranker/nothing-to-learn',
    );
    await refusal(rowsOf(numbers(1), [[[[1], 1]]]), 'ranker/nothing-to-learn');
    await refusal(rowsOf(numbers(1), []), 'ranker/nothing-to-learn');
  });

  it('features that tell nothing: constants', async () => {
    const queries = Array.from({ length: 50 }, (): Row[] => [
      [[7], 0],
      [[7], 1],
    ]);
    await refusal(rowsOf(numbers(1), queries), 'ranker/nothing-to-learn');
  });

  it('validation rows and earlier trees of other features', async () => {
    const other = { ...two, features: numbers(2).map(({ kind }, i) => ({ name: `g${i}`, kind })) };
    await refusal(two, 'ranker/other-features', other);
    await refusal(two, 'ranker/other-features', undefined, {
      ensemble: { features: other.features, base: 0, trees: [] },
      curve: [],
    });
  });
});

/** Three numbers; the first one raises the gain in most queries and lowers it where the second is high. */
function twisted(monotone: 1 | undefined): RankingRows {
  const random = seededRandom(5);
  const features = numbers(3).map((feature, i): EnsembleFeature => (i === 0 ? { ...feature, monotone } : feature));
  const row = (): Row => {
    const values = [random.normal(), random.normal(), random.normal()];
    const worth = (values[1] > 0.5 ? -1 : 1) * values[0] + values[2] + 0.3 * random.normal();
    return [values, worth > 1.2 ? 1 : 0];
  };
  return rowsOf(
    features,
    Array.from({ length: 200 }, () => Array.from({ length: 12 }, row)),
  );
}

function randomProbe(count: number): Float64Array[] {
  const random = seededRandom(6);
  return Array.from({ length: 3 }, () => Float64Array.from({ length: count }, () => random.normal()));
}
