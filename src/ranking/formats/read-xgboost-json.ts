import { z } from 'zod';
import { nextDown } from '../../math/next-double.js';
import { checkEnsemble, checkLimit, ensembleLimits } from '../trees/check-ensemble.js';
import type { EnsembleFeature, Tree, TreeEnsemble } from '../trees/ensemble.js';
import { damaged, parseAs, unsupported } from './faults.js';
import { asWords, buildTree, type LeafRecord, type NodeRecord } from './tree-builder.js';

const counts = z.array(z.number());
/** Numbers are written as text. */
const count = z.coerce.number();

const modelSchema = z.object({
  learner: z.object({
    feature_names: z.array(z.string()).default([]),
    feature_types: z.array(z.string()).default([]),
    gradient_booster: z.object({ name: z.string(), model: z.unknown().optional() }),
    learner_model_param: z.object({
      base_score: z.string(),
      num_class: count.default(0),
      num_feature: count,
      num_target: count.default(1),
    }),
    objective: z.object({ name: z.string() }),
  }),
});

const boosterSchema = z.object({ trees: z.array(z.unknown()) });

const treeSchema = z.object({
  left_children: counts,
  right_children: counts,
  split_indices: counts,
  split_conditions: counts,
  default_left: z.array(z.union([z.number(), z.boolean()])),
  loss_changes: counts,
  sum_hessian: counts,
  split_type: counts.default([]),
  categories: counts.default([]),
  categories_nodes: counts.default([]),
  categories_segments: counts.default([]),
  categories_sizes: counts.default([]),
  tree_param: z.object({ size_leaf_vector: count.default(1) }),
});

type XgboostTree = z.output<typeof treeSchema>;

/** Objectives whose score is the sum of base and leaves. */
const isPlain = (objective: string): boolean => objective.startsWith('rank:') || objective === 'reg:squarederror';

/**
 * A model that XGBoost saved as JSON (`Booster.save_model('x.json')`), as parsed JSON. XGBoost rounds values and thresholds to float32 and sends what is less
 * to the left; thresholds are turned so that doubles go the same ways. It adds float32 numbers where we add doubles: scores agree to float32.
 * @throws TandemError 'ranker/damaged' | 'ranker/unsupported' | 'ranker/too-large'
 */
export function readXgboostJson(json: unknown): TreeEnsemble {
  const { learner } = parseAs(modelSchema, json, 'model');
  const { learner_model_param: shape, gradient_booster: booster, objective } = learner;
  if (booster.name !== 'gbtree') throw unsupported(`booster ${booster.name}: gbtree alone is a sum of trees`);
  if (!isPlain(objective.name))
    throw unsupported(`objective ${objective.name}: its scores are not the sum of the leaves`);
  if (shape.num_class > 1 || shape.num_target > 1) throw unsupported('more than one score a row');
  const { trees } = parseAs(boosterSchema, booster.model, 'model.learner.gradient_booster.model');
  checkLimit('trees', trees.length);
  return checkEnsemble({
    features: featuresOf(shape.num_feature, learner.feature_names, learner.feature_types),
    base: baseOf(shape.base_score),
    trees: trees.map((tree, t) => readTree(parseAs(treeSchema, tree, `tree ${t}`), `tree ${t}`)),
  });
}

function featuresOf(features: number, names: readonly string[], types: readonly string[]): EnsembleFeature[] {
  if (!(Number.isInteger(features) && features > 0)) throw damaged(`num_feature is ${features}`);
  checkLimit('features', features);
  if ([names, types].some(({ length }) => length !== 0 && length !== features))
    throw damaged(`names and types do not fit ${features} features`);
  return Array.from({ length: features }, (_, i) => ({
    name: names[i] ?? `f${i}`,
    kind: types[i] === 'c' ? 'category' : 'number',
  }));
}

/** `5E-1`, since version 3 in brackets. */
function baseOf(text: string): number {
  const written = /^\[?([^[\],]+)\]?$/.exec(text)?.[1];
  const base = Number(written ?? Number.NaN);
  if (Number.isNaN(base)) throw damaged(`base_score is ${text}`);
  return Math.fround(base);
}

/** Nodes that the root leads to: pruned ones stay in the file. */
function readTree(tree: XgboostTree, where: string): Tree {
  const size = tree.left_children.length;
  const lists = [tree.right_children, tree.split_indices, tree.split_conditions, tree.default_left];
  if ([...lists, tree.loss_changes, tree.sum_hessian].some(({ length }) => length !== size) || size === 0)
    throw damaged(`${where}: lists of its nodes differ in length`);
  checkLimit('leaves', size);
  if (tree.tree_param.size_leaf_vector > 1) throw unsupported(`${where}: leaves of more than one number`);
  const nodes: NodeRecord[] = [];
  const leaves: LeafRecord[] = [];
  const children: { left: number; right: number }[] = [];
  const categories = categorySets(tree, where);
  const seen = new Uint8Array(size);
  const open: { readonly id: number; readonly parent: number; readonly side: 'left' | 'right' }[] = [
    { id: 0, parent: -1, side: 'left' },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { id, parent, side } = next;
    if (!(Number.isInteger(id) && id >= 0 && id < size) || seen[id] === 1)
      throw damaged(`${where}: no node ${id} there`);
    seen[id] = 1;
    const isLeaf = tree.left_children[id] === -1;
    if (parent >= 0) children[parent][side] = isLeaf ? ~leaves.length : nodes.length;
    if (isLeaf) {
      leaves.push({ value: Math.fround(tree.split_conditions[id]), cover: Math.fround(tree.sum_hessian[id]) });
      continue;
    }
    const set = categories.get(id);
    // in XGBoost the categories of a node go right: the sides change places
    const [left, right] = set
      ? [tree.right_children[id], tree.left_children[id]]
      : [tree.left_children[id], tree.right_children[id]];
    open.push({ id: right, parent: nodes.length, side: 'right' }, { id: left, parent: nodes.length, side: 'left' });
    children.push({ left: 0, right: 0 });
    nodes.push({
      feature: tree.split_indices[id],
      threshold: set ? 0 : upperDouble(tree.split_conditions[id], where),
      categories: set,
      left: 0,
      right: 0,
      defaultLeft: Boolean(tree.default_left[id]) !== (set !== undefined),
      gain: Math.fround(tree.loss_changes[id]),
      cover: Math.fround(tree.sum_hessian[id]),
    });
  }
  return buildTree(
    nodes.map((node, i) => ({ ...node, ...children[i] })),
    leaves,
  );
}

/** Sets of categories by their nodes. */
function categorySets(tree: XgboostTree, where: string): ReadonlyMap<number, Uint32Array> {
  const { categories, categories_nodes: of, categories_segments: starts, categories_sizes: sizes } = tree;
  const isCategory = (value: number): boolean =>
    Number.isInteger(value) && value >= 0 && value < ensembleLimits.categories;
  const sets = of.map((node, i): [number, Uint32Array] => {
    const set = categories.slice(starts[i], starts[i] + sizes[i]);
    if (set.length === 0 || set.length !== sizes[i] || !set.every(isCategory))
      throw damaged(`${where}: no categories of node ${node}`);
    return [node, asWords(set)];
  });
  const byNode = new Map(sets);
  tree.split_type.forEach((type, node) => {
    if (type === 1 && !byNode.has(node)) throw damaged(`${where}: no categories of node ${node}`);
  });
  return byNode;
}

/**
 * The greatest double that rounds to a float32 below a threshold: value <= it where float32(value) < threshold.
 * Doubles between two neighbours of float32 go to the nearer one, the middle to the one whose last bit is 0.
 * @throws TandemError 'ranker/damaged' where no finite number is
 */
export function upperDouble(threshold: number, where: string): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, threshold);
  const above = view.getFloat32(0);
  if (!Number.isFinite(above)) throw damaged(`${where}: a threshold of ${threshold}`);
  const bits = above === 0 ? 0x80000001 : view.getUint32(0) + (above > 0 ? -1 : 1);
  view.setUint32(0, bits);
  const below = view.getFloat32(0);
  if (!Number.isFinite(below)) throw damaged(`${where}: a threshold of ${threshold}`);
  const middle = (below + above) / 2;
  return (bits & 1) === 0 ? middle : nextDown(middle);
}
