import { checkEnsemble } from '../trees/check-ensemble.js';
import { isCategorical, type Tree, type TreeEnsemble } from '../trees/ensemble.js';
import { unsupported } from './faults.js';

/**
 * The ensemble as a model that LightGBM loads (`Booster(model_str=...)`) and that gives the same scores there. Its text format knows no base score: a base other
 * than 0 is a tree of one leaf. Names keep letters, digits and `_.-`, what else they have becomes `_`.
 * @throws TandemError 'ranker/unsupported' where what is missing goes left at a node of categories, which LightGBM never does
 */
export function writeLightGbmText(ensemble: TreeEnsemble): string {
  const { features, base, trees } = checkEnsemble(ensemble);
  const all = base === 0 && trees.length > 0 ? trees : [leafAlone(base), ...trees];
  const parts = all.map((tree, t) => `Tree=${t}\n${treeLines(tree, t).join('\n')}\n\n\n`);
  const head = [
    'tree',
    'version=v4',
    'num_class=1',
    'num_tree_per_iteration=1',
    'label_index=0',
    `max_feature_idx=${features.length - 1}`,
    'objective=lambdarank',
    `feature_names=${plainNames(features.map(({ name }) => name)).join(' ')}`,
    ...(features.some(({ monotone }) => monotone)
      ? [`monotone_constraints=${features.map(({ monotone }) => monotone ?? 0).join(' ')}`]
      : []),
    `feature_infos=${valuesOf(ensemble).join(' ')}`,
    `tree_sizes=${parts.map(part => Buffer.byteLength(part)).join(' ')}`,
  ];
  return `${head.join('\n')}\n\n${parts.join('')}end of trees\n\nparameters:\n\nend of parameters\n\npandas_categorical:null\n`;
}

/** Names that LightGBM takes, each once. */
function plainNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map(name => {
    const plain = name.replace(/[^\p{L}\p{N}_.-]/gu, '_');
    let free = plain;
    for (let i = 2; taken.has(free); i++) free = `${plain}_${i}`;
    taken.add(free);
    return free;
  });
}

const leafAlone = (value: number): Tree => ({
  feature: new Int32Array(0),
  threshold: new Float64Array(0),
  left: new Int32Array(0),
  right: new Int32Array(0),
  defaultLeft: new Uint8Array(0),
  categoryStart: Int32Array.of(0),
  categories: new Uint32Array(0),
  gain: new Float64Array(0),
  cover: new Float64Array(0),
  value: Float64Array.of(value),
  leafCover: Float64Array.of(0),
});

/** What the trees say of the values of each feature: `[low:high]`, `1:4:7`, or `none` where they do not ask for it. */
function valuesOf({ features, trees }: TreeEnsemble): string[] {
  const known = features.map(() => ({
    low: Number.POSITIVE_INFINITY,
    high: Number.NEGATIVE_INFINITY,
    named: new Set<number>(),
  }));
  for (const tree of trees)
    tree.feature.forEach((feature, node) => {
      const of = known[feature];
      for (const category of categoriesOf(tree, node)) of.named.add(category);
      of.low = Math.min(of.low, tree.threshold[node]);
      of.high = Math.max(of.high, tree.threshold[node]);
    });
  return known.map(({ low, high, named }) =>
    named.size > 0 ? [...named].join(':') : low <= high ? `[${low}:${high}]` : 'none',
  );
}

function categoriesOf({ categories, categoryStart }: Tree, node: number): number[] {
  const words = categories.subarray(categoryStart[node], categoryStart[node + 1]);
  return [...words].flatMap((word, i) =>
    Array.from({ length: 32 }, (_, bit) => 32 * i + bit).filter(category => (word >>> (category & 31)) & 1),
  );
}

/** Bits of `decision_type`: 1 = categories, 2 = what is missing goes left, 8 = what is missing is NaN. */
const decisions = { category: 1, defaultLeft: 2, missingIsNaN: 8 };

function treeLines(tree: Tree, t: number): string[] {
  const nodes = [...tree.feature.keys()];
  const sets = nodes.filter(node => isCategorical(tree, node));
  if (sets.some(node => tree.defaultLeft[node] === 1))
    throw unsupported(`tree ${t}: what is missing goes left at a node of categories, in LightGBM always right`);
  const setNumber = new Map(sets.map((node, set) => [node, set]));
  const decision = (node: number): number =>
    setNumber.has(node)
      ? decisions.category | decisions.missingIsNaN
      : decisions.missingIsNaN | (tree.defaultLeft[node] === 1 ? decisions.defaultLeft : 0);
  const line = (key: string, values: Iterable<number>): string => `${key}=${[...values].join(' ')}`;
  return [
    `num_leaves=${tree.value.length}`,
    `num_cat=${sets.length}`,
    line('split_feature', tree.feature),
    line('split_gain', tree.gain),
    line(
      'threshold',
      nodes.map(node => setNumber.get(node) ?? tree.threshold[node]),
    ),
    line('decision_type', nodes.map(decision)),
    line('left_child', tree.left),
    line('right_child', tree.right),
    line('leaf_value', tree.value),
    line('leaf_weight', tree.leafCover),
    line('leaf_count', tree.leafCover.map(Math.round)),
    line(
      'internal_value',
      nodes.map(() => 0),
    ),
    line('internal_weight', tree.cover),
    line('internal_count', tree.cover.map(Math.round)),
    ...(sets.length === 0
      ? []
      : [
          line('cat_boundaries', [0, ...sets.map(node => tree.categoryStart[node + 1])]),
          line('cat_threshold', tree.categories),
        ]),
    'is_linear=0',
    'shrinkage=1',
  ];
}
