import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readXgboostJson, upperDouble } from '../../../src/ranking/formats/read-xgboost-json.js';
import { compileEnsemble } from '../../../src/ranking/trees/compile.js';
import { contributions } from '../../../src/ranking/trees/contributions.js';
import { ask, whyNot } from './python.js';

const reason = whyNot('xgboost');

/** Trains a ranker over three numbers with gaps and a category; values of the probe stand beside thresholds too. */
const script = `
import sys, json, numpy as np, xgboost as xgb
given = json.load(sys.stdin)
rng = np.random.default_rng(given['seed'])
X = np.round(rng.normal(size=(1500, 4)), 1).astype(np.float32)
X[:, 2] = rng.integers(0, 45, 1500)
X[rng.random(X.shape) < .15] = np.nan
Z = np.nan_to_num(X)
y = (Z[:, 0] + (Z[:, 2].astype(int) % 3 == 0) * (Z[:, 1] > 0) + .3 * rng.normal(size=1500) > .6).astype(int)
described = dict(feature_names=['a', 'b', 'c', 'd'], feature_types=['q', 'q', 'c', 'q'], enable_categorical=True) if given['named'] else {}
options = dict(objective='rank:ndcg', max_depth=4, eta=.3, nthread=1)
options.update(given['options'])
data = xgb.DMatrix(X, y, **described)
if options['objective'].startswith('rank'): data.set_group([15] * 100)
model = xgb.train(options, data, 10)
probe = X[:300].copy()
probe[:20, 2] = 60
probe[20:40, 2] = np.nan
matrix = xgb.DMatrix(probe, **described)
json.dump(dict(model=json.loads(model.save_raw('json').decode()),
  columns=[[None if np.isnan(v) else float(v) for v in column] for column in probe.T],
  scores=model.predict(matrix, output_margin=True).tolist(),
  contributions=model.predict(matrix, pred_contribs=True).tolist()), sys.stdout)
`;

const trained = z.object({
  model: z.unknown(),
  columns: z.array(z.array(z.number().nullable())),
  scores: z.array(z.number()),
  contributions: z.array(z.array(z.number())),
});

const refuses = (json: unknown, code: string): void =>
  expect(() => readXgboostJson(json)).toThrow(expect.objectContaining({ code }));

describe.skipIf(reason !== undefined)('XGBoost', () => {
  it.each([
    { seed: 1, named: true, options: {} },
    { seed: 2, named: false, options: { objective: 'rank:pairwise', tree_method: 'exact' } },
    { seed: 3, named: true, options: { gamma: 2, max_depth: 6, max_cat_to_onehot: 1 } },
    { seed: 4, named: false, options: { objective: 'reg:squarederror', base_score: 0.7, num_parallel_tree: 2 } },
  ])('is read from what it saved: the same scores to float32 ($seed)', given => {
    const answer = trained.parse(ask(script, given));
    const ensemble = readXgboostJson(answer.model);
    const columns = answer.columns.map(column => Float64Array.from(column, value => value ?? Number.NaN));
    expect(ensemble.features[2]).toEqual(
      given.named ? { name: 'c', kind: 'category' } : { name: 'f2', kind: 'number' },
    );
    const scores = compileEnsemble(ensemble).scores(columns);
    scores.forEach((score, row) => {
      expect(score).toBeCloseTo(answer.scores[row], 5);
    });
    for (const row of [0, 25, 150])
      contributions(ensemble, columns, row).forEach((part, feature) => {
        expect(part).toBeCloseTo(answer.contributions[row][feature], 4);
      });
  });

  it.each([
    { booster: 'dart' },
    { booster: 'gblinear' },
    { objective: 'binary:logistic' },
    { objective: 'multi:softmax', num_class: 2 },
  ])('is refused where its score is no sum of trees: %o', options => {
    const { model } = z.object({ model: z.unknown() }).parse(ask(script, { seed: 1, named: false, options }));
    refuses(model, 'ranker/unsupported');
  });
});

/** One tree: f0 < .5 ? 1 : 2, and a node that was pruned. */
const small = () => ({
  learner: {
    feature_names: [],
    feature_types: [],
    gradient_booster: {
      name: 'gbtree',
      model: {
        trees: [
          {
            left_children: [1, -1, -1, -1],
            right_children: [2, -1, -1, -1],
            split_indices: [0, 0, 0, 0],
            split_conditions: [0.5, 1, 2, 9],
            default_left: [1, 0, 0, 0],
            loss_changes: [3, 0, 0, 0],
            sum_hessian: [3, 1, 2, 0],
            tree_param: { size_leaf_vector: '1' },
          },
        ],
      },
    },
    learner_model_param: { base_score: '5E-1', num_class: '0', num_feature: '1', num_target: '1' },
    objective: { name: 'rank:ndcg' },
  },
});

describe('readXgboostJson', () => {
  it('reads a tree: less goes left, the base is added, pruned nodes are left out', () => {
    const ensemble = readXgboostJson(small());
    expect([...compileEnsemble(ensemble).scores([Float64Array.of(0.49999999, 0.5, 0.4999999, Number.NaN)])]).toEqual([
      // .49999999 is .5 as float32
      2.5, 2.5, 1.5, 1.5,
    ]);
  });

  type Small = ReturnType<typeof small>;
  const tree = (model: Small) => model.learner.gradient_booster.model.trees[0];
  const set = (at: (model: Small) => object, key: string, value: unknown) => (model: Small) => {
    Reflect.set(at(model), key, value);
  };
  it.each([
    ['a child that leads back', set(model => tree(model).left_children, '0', 0)],
    ['a child beyond the end', set(model => tree(model).right_children, '0', 4)],
    ['a child that is no whole number', set(model => tree(model).right_children, '0', 1.5)],
    ['a child of two', set(model => tree(model).right_children, '0', 1)],
    ['a feature beyond the last', set(model => tree(model).split_indices, '0', 1)],
    ['a list too short', set(model => tree(model), 'loss_changes', [])],
    ['a threshold that is no number', set(model => tree(model).split_conditions, '0', null)],
    ['a threshold beyond float32', set(model => tree(model).split_conditions, '0', 1e39)],
    ['a tree without nodes', set(model => tree(model), 'left_children', [])],
    ['no trees', set(model => model.learner.gradient_booster, 'model', {})],
    ['a base that is no number', set(model => model.learner.learner_model_param, 'base_score', '[1,2]')],
    ['an infinite base', set(model => model.learner.learner_model_param, 'base_score', 'Infinity')],
    ['names for others', set(model => model.learner, 'feature_names', ['a', 'b'])],
    ['no features', set(model => model.learner.learner_model_param, 'num_feature', '0')],
    ['categories that are not there', set(model => tree(model), 'split_type', [1, 0, 0, 0])],
  ])('refuses %s', (_, damage) => {
    const model = small();
    damage(model);
    refuses(model, 'ranker/damaged');
  });

  it.each([[null], [1], ['x'], [[]], [{}], [{ learner: {} }]])('refuses %j', json => refuses(json, 'ranker/damaged'));

  it('refuses more features than an ensemble may have, before it makes them', () => {
    const model = small();
    model.learner.learner_model_param.num_feature = '1e9';
    refuses(model, 'ranker/too-large');
  });

  it('refuses leaves of several numbers', () => {
    const model = small();
    tree(model).tree_param.size_leaf_vector = '3';
    refuses(model, 'ranker/unsupported');
  });
});

describe('upperDouble', () => {
  const float = fc.oneof(
    fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-3.4e38) }),
    fc.constantFrom(0, -0, 2 ** -149, -(2 ** -149), 1, -1, 2 ** 24, 3.4028234663852886e38),
  );

  it('parts doubles as XGBoost parts them once they are rounded', () => {
    fc.assert(
      fc.property(float, fc.double({ noNaN: true }), fc.integer({ min: -3, max: 3 }), (threshold, far, steps) => {
        const upper = upperDouble(threshold, '');
        const view = new DataView(new ArrayBuffer(8));
        view.setFloat64(0, upper);
        view.setBigInt64(0, view.getBigInt64(0) + BigInt(steps));
        for (const value of [far, threshold, upper, view.getFloat64(0)])
          if (!Number.isNaN(value)) expect(value <= upper, `${value}`).toBe(Math.fround(value) < threshold);
      }),
      { numRuns: 2000 },
    );
  });
});
