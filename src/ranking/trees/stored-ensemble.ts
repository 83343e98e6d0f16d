import { z } from 'zod';
import { TandemError } from '../../errors/tandem-error.js';
import { checkEnsemble, ensembleLimits } from './check-ensemble.js';
import type { Tree, TreeEnsemble } from './ensemble.js';

/** The form that is written; a reader refuses others. */
const version = 1;

const index = z.array(
  z
    .int()
    .min(-(2 ** 31))
    .max(2 ** 31 - 1),
);
const word = z.array(
  z
    .int()
    .min(0)
    .max(2 ** 32 - 1),
);
const numbers = z.array(z.number());

const treeSchema = z.strictObject({
  feature: index,
  threshold: numbers,
  left: index,
  right: index,
  defaultLeft: z.array(z.int().min(0).max(1)),
  categoryStart: index,
  categories: word,
  gain: numbers,
  cover: numbers,
  value: numbers,
  leafCover: numbers,
});

const featureSchema = z
  .strictObject({
    name: z.string().min(1).max(1024),
    kind: z.enum(['number', 'category']),
    monotone: z.union([z.literal(-1), z.literal(0), z.literal(1)]).optional(),
  })
  .refine(({ kind, monotone }) => kind === 'number' || !monotone, 'a category has no order');

const ensembleSchema = z.strictObject({
  version: z.literal(version),
  features: z.array(featureSchema).min(1).max(ensembleLimits.features),
  base: z.number(),
  trees: z.array(treeSchema).max(ensembleLimits.trees),
});

/**
 * An ensemble as a value of JSON. Numbers are written so that they are read back as the same doubles.
 * @throws TandemError 'ranker/damaged' | 'ranker/too-large' as `readEnsemble`, so that what is written can be read
 */
export function writeEnsemble(ensemble: TreeEnsemble): z.input<typeof ensembleSchema> {
  const { features, base, trees } = checkEnsemble(ensemble);
  return {
    version,
    features: features.map(({ name, kind, monotone }) => ({ name, kind, monotone })),
    base,
    trees: trees.map(tree => ({
      feature: [...tree.feature],
      threshold: [...tree.threshold],
      left: [...tree.left],
      right: [...tree.right],
      defaultLeft: [...tree.defaultLeft],
      categoryStart: [...tree.categoryStart],
      categories: [...tree.categories],
      gain: [...tree.gain],
      cover: [...tree.cover],
      value: [...tree.value],
      leafCover: [...tree.leafCover],
    })),
  };
}

/**
 * The ensemble that `writeEnsemble` wrote.
 * @param json  a parsed value, from whomever
 * @throws TandemError 'ranker/damaged' | 'ranker/too-large'
 */
export function readEnsemble(json: unknown): TreeEnsemble {
  const parsed = ensembleSchema.safeParse(json);
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    throw new TandemError('ranker/damaged', path.length === 0 ? message : `${path.join('.')}: ${message}`);
  }
  const { features, base, trees } = parsed.data;
  return checkEnsemble({ features, base, trees: trees.map(asTree) });
}

const asTree = (tree: z.infer<typeof treeSchema>): Tree => ({
  feature: Int32Array.from(tree.feature),
  threshold: Float64Array.from(tree.threshold),
  left: Int32Array.from(tree.left),
  right: Int32Array.from(tree.right),
  defaultLeft: Uint8Array.from(tree.defaultLeft),
  categoryStart: Int32Array.from(tree.categoryStart),
  categories: Uint32Array.from(tree.categories),
  gain: Float64Array.from(tree.gain),
  cover: Float64Array.from(tree.cover),
  value: Float64Array.from(tree.value),
  leafCover: Float64Array.from(tree.leafCover),
});
