import { checkEnsemble, checkLimit } from '../trees/check-ensemble.js';
import { type EnsembleFeature, isCategorical, type Tree, type TreeEnsemble } from '../trees/ensemble.js';
import { damaged, unsupported } from './faults.js';

/** How a node takes what is missing: LightGBM counts it as 0 (`None`), or has a default side for it (`NaN`), or for it and 0 (`Zero`). */
export type MissingType = 'None' | 'Zero' | 'NaN';

/** What is said of a LightGBM model before its trees. */
export interface LightGbmHead {
  readonly names: readonly string[];
  readonly monotone?: readonly number[];
  /** first word of the objective; undefined where training had one of its own */
  readonly objective?: string;
  readonly classes: number;
  readonly treesPerIteration: number;
  /** a random forest */
  readonly averages: boolean;
}

/** Objectives whose score is the sum of the leaves. */
const plainObjectives = [
  'lambdarank',
  'rank_xendcg',
  'regression',
  'regression_l1',
  'huber',
  'fair',
  'quantile',
  'mape',
  'custom',
];

/** @throws TandemError 'ranker/unsupported' | 'ranker/too-large' */
export function checkHead({ names, objective, classes, treesPerIteration, averages }: LightGbmHead): void {
  checkLimit('features', names.length);
  if (objective !== undefined && !plainObjectives.includes(objective))
    throw unsupported(`objective ${objective}: its scores are not the sum of the leaves`);
  if (classes !== 1 || treesPerIteration !== 1) throw unsupported(`${classes} classes: a ranker has one score`);
  if (averages) throw unsupported('average_output: the trees of a random forest are averaged, not added');
}

/**
 * Where what is missing goes.
 * @throws TandemError 'ranker/unsupported' where a node sends 0 elsewhere than its threshold does
 */
export function defaultSide(missing: MissingType, defaultLeft: boolean, threshold: number): boolean {
  if (missing === 'NaN') return defaultLeft;
  const zeroLeft = threshold >= 0;
  if (missing === 'Zero' && zeroLeft !== defaultLeft)
    throw unsupported('a node takes 0 for missing (zero_as_missing), whatever its threshold says');
  return zeroLeft;
}

/** A checked ensemble; a feature is a category where a node asks for its categories. @throws TandemError 'ranker/damaged' | 'ranker/too-large' */
export function asEnsemble({ names, monotone }: LightGbmHead, trees: readonly Tree[]): TreeEnsemble {
  if (monotone && monotone.length !== names.length) throw damaged('monotone_constraints do not fit the features');
  const categorical = new Set(trees.flatMap(tree => [...tree.feature].filter((_, node) => isCategorical(tree, node))));
  const features = names.map((name, i): EnsembleFeature => {
    if (categorical.has(i)) return { name, kind: 'category' };
    const direction = Math.sign(monotone?.[i] ?? 0);
    return direction === 1 || direction === -1
      ? { name, kind: 'number', monotone: direction }
      : { name, kind: 'number' };
  });
  return checkEnsemble({ features, base: 0, trees });
}
