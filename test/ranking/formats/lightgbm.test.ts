import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readLightGbmJson } from '../../../src/ranking/formats/read-lightgbm-json.js';
import { readLightGbmText } from '../../../src/ranking/formats/read-lightgbm-text.js';
import { writeLightGbmText } from '../../../src/ranking/formats/write-lightgbm-text.js';
import { compileEnsemble } from '../../../src/ranking/trees/compile.js';
import { contributions } from '../../../src/ranking/trees/contributions.js';
import type { TreeEnsemble } from '../../../src/ranking/trees/ensemble.js';
import { randomColumns, randomEnsemble } from '../trees/random-ensemble.js';
import { asJson, ask, whyNot } from './python.js';

const reason = whyNot('lightgbm');

const matrix = z.array(z.array(z.number()));

/** Trains a ranker over two numbers with gaps, a category, and noise; a seed and the options of LightGBM in, all that it says of the model out. */
const trainScript = `
import sys, json, numpy as np, lightgbm as lgb
given = json.load(sys.stdin)
rng = np.random.default_rng(given['seed'])
X = rng.normal(size=(1500, 4))
X[:, 2] = rng.integers(0, 45, 1500)
if given['gaps']: X[rng.random(X.shape) < .15] = np.nan
Z = np.nan_to_num(X)
y = (Z[:, 0] + (Z[:, 2].astype(int) % 3 == 0) * (Z[:, 1] > 0) + .3 * rng.normal(size=1500) > .6).astype(int)
options = dict(objective='lambdarank', num_leaves=9, min_data_in_leaf=5, min_data_per_group=5, verbose=-1, num_threads=1)
options.update(given['options'])
data = lgb.Dataset(X, y, group=[15] * 100, categorical_feature=[2], feature_name=['a', 'b', 'c', 'd'])
model = lgb.train(options, data, 12)
probe = X[:300].copy()
probe[:20, 2] = 99
probe[20:40, 2] = np.nan
probe[40:60, 0] = 0
json.dump(dict(text=model.model_to_string(), dump=model.dump_model(),
  columns=[[None if np.isnan(v) else v for v in column] for column in probe.T],
  scores=model.predict(probe).tolist(), contributions=model.predict(probe, pred_contrib=True).tolist()), sys.stdout)
`;
const trained = z.object({
  text: z.string(),
  dump: z.unknown(),
  columns: z.array(z.array(z.number().nullable())),
  scores: z.array(z.number()),
  contributions: matrix,
});

/** Loads a model's text, scores columns, and gives back what it would save. */
const loadScript = `
import sys, json, numpy as np, lightgbm as lgb
given = json.load(sys.stdin)
X = np.array([[np.nan if v is None else v for v in column] for column in given['columns']]).T
model = lgb.Booster(model_str=given['text'])
json.dump(dict(scores=model.predict(X).tolist(), contributions=model.predict(X, pred_contrib=True).tolist(), text=model.model_to_string()), sys.stdout)
`;
const loaded = z.object({ scores: z.array(z.number()), contributions: matrix, text: z.string() });

const asColumns = (columns: readonly (readonly (number | null)[])[]): Float64Array[] =>
  columns.map(column => Float64Array.from(column, value => value ?? Number.NaN));

const scoresOf = (ensemble: TreeEnsemble, columns: readonly Float64Array[]): number[] => [
  ...compileEnsemble(ensemble).scores(columns),
];

describe.skipIf(reason !== undefined)('LightGBM', () => {
  it.each([
    { seed: 1, gaps: true, options: {} },
    { seed: 2, gaps: false, options: {} },
    { seed: 3, gaps: true, options: { monotone_constraints: [1, 0, 0, -1] } },
    { seed: 4, gaps: true, options: { objective: 'regression' } },
    { seed: 5, gaps: true, options: { min_data_in_leaf: 2000 } },
  ])('is read from its text and its dump: the same scores to the last bit ($seed)', given => {
    const model = trained.parse(ask(trainScript, given));
    const columns = asColumns(model.columns);
    const fromText = readLightGbmText(model.text);
    expect(scoresOf(fromText, columns)).toEqual(model.scores);
    const fromDump = readLightGbmJson(model.dump);
    expect(scoresOf(fromDump, columns)).toEqual(model.scores);
    const first = fromText.features[0];
    expect([first.name, first.monotone ?? 0]).toEqual(['a', given.options.monotone_constraints?.[0] ?? 0]);
    if (given.seed === 5) return;
    expect(fromText.features.map(({ kind }) => kind)).toEqual(['number', 'number', 'category', 'number']);
    for (const row of [0, 25, 150]) {
      const parts = contributions(fromText, columns, row);
      parts.forEach((part, feature) => {
        expect(part).toBeCloseTo(model.contributions[row][feature], 9);
      });
    }
  });

  it('reads what is written, and gives the same scores', () => {
    for (let seed = 0; seed < 8; seed++) {
      const random = randomEnsemble(seed, { features: 5, trees: 1 + 3 * seed, leaves: 25 });
      const base = seed % 2 === 0 ? 0 : random.base;
      const ensemble = { ...random, base, trees: random.trees.map(missingCategoriesRight(random)) };
      // LightGBM takes what is nearer to 0 than 1e-35 for 0 before it asks its trees
      const columns = randomColumns(seed, ensemble, 200).map(column =>
        column.map(value => (value === 1e-300 ? 0 : value)),
      );
      const text = writeLightGbmText(ensemble);
      const back = loaded.parse(ask(loadScript, { text, columns: asJson(columns) }));
      expect(back.scores).toEqual(scoresOf(ensemble, columns));
      expect(scoresOf(readLightGbmText(back.text), columns)).toEqual(back.scores);
      contributions(ensemble, columns, 7).forEach((part, feature) => {
        expect(part).toBeCloseTo(back.contributions[7][feature], 9);
      });
    }
  });

  it('reads thresholds beside the greatest and least numbers', () => {
    const random = randomEnsemble(3, { features: 1, trees: 1, leaves: 2, numbersAlone: true });
    for (const threshold of [Number.MAX_VALUE, -Number.MAX_VALUE, 5e-324, 0.1 + 0.2]) {
      const tree = { ...randomEnsemble(31, { features: 1, trees: 1, leaves: 2 }).trees[0], ...splitAt(threshold) };
      const ensemble = { ...random, base: 0, trees: [tree] };
      const columns = [Float64Array.of(threshold, 0, 0.3, 1e300, -1e300, Number.NaN, 0.30000000000000004)];
      const back = loaded.parse(ask(loadScript, { text: writeLightGbmText(ensemble), columns: asJson(columns) }));
      expect(back.scores).toEqual(scoresOf(ensemble, columns));
    }
  });
});

const splitAt = (threshold: number) => ({
  feature: Int32Array.of(0),
  threshold: Float64Array.of(threshold),
  left: Int32Array.of(~0),
  right: Int32Array.of(~1),
  defaultLeft: Uint8Array.of(1),
  categoryStart: Int32Array.of(0, 0),
  categories: new Uint32Array(0),
  gain: Float64Array.of(1),
  cover: Float64Array.of(3),
  value: Float64Array.of(1, 2),
  leafCover: Float64Array.of(1, 2),
});

/** LightGBM knows no other side for a missing category. */
const missingCategoriesRight =
  ({ features }: TreeEnsemble) =>
  (tree: TreeEnsemble['trees'][number]) => ({
    ...tree,
    defaultLeft: tree.defaultLeft.map((side, node) => (features[tree.feature[node]].kind === 'category' ? 0 : side)),
  });
