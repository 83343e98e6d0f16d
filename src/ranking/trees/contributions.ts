import { goesLeft, type Tree, type TreeEnsemble } from './ensemble.js';
import { gaussLegendre } from './gauss-legendre.js';

/**
 * What each feature adds to the score of a row: exact Shapley values of the trees, where a feature that is not known goes both ways by the cover of the children
 * (Lundberg et al., From local explanations to global understanding with explainable AI for trees, Nature Machine Intelligence 2020, path-dependent TreeSHAP).
 * A leaf of value v under features with shares z_i (cover that comes this way) and o_i (1 where the row does, else 0) is a product game, whose value for i is
 *   v (o_i - z_i) integral over t in [0, 1] of prod over j != i of (t o_j + (1 - t) z_j)
 * (Owen, Multilinear extensions of games, 1972): a polynomial, which Gauss-Legendre quadrature integrates exactly and without subtraction.
 * @param columns  by feature, a value a row
 * @returns [features + 1] last: the score expected without knowing the row; all add up to its score
 */
export function contributions(
  ensemble: TreeEnsemble,
  columns: readonly Float64Array[],
  row: number,
): Float64Array<ArrayBuffer> {
  const features = ensemble.features.length;
  const sums = new Float64Array(features + 1);
  sums[features] = ensemble.base;
  const values = Float64Array.from(columns, column => column[row]);
  for (const tree of ensemble.trees) addTree(tree, values, sums);
  return sums;
}

/** Features on the way to a node, each once, with the shares of all nodes that ask for it multiplied. */
interface Way {
  readonly features: number[];
  readonly cover: number[];
  readonly comes: number[];
}

function addTree(tree: Tree, values: Float64Array, sums: Float64Array): void {
  const way: Way = { features: [], cover: [], comes: [] };
  const visit = (child: number): void => {
    if (child < 0) addLeaf(tree.value[~child], way, sums);
    else {
      const left = goesLeft(tree, child, values[tree.feature[child]]);
      step(child, tree.left[child], left);
      step(child, tree.right[child], !left);
    }
  };
  const step = (node: number, child: number, comes: boolean): void => {
    const { features, cover } = way;
    const share = shareOf(tree, node, child);
    const feature = tree.feature[node];
    const known = features.indexOf(feature);
    const at = known < 0 ? features.length : known;
    const before = known < 0 ? undefined : [cover[at], way.comes[at]];
    features[at] = feature;
    cover[at] = (before?.[0] ?? 1) * share;
    way.comes[at] = (before?.[1] ?? 1) * (comes ? 1 : 0);
    visit(child);
    if (before) [cover[at], way.comes[at]] = before;
    else for (const list of [features, cover, way.comes]) list.pop();
  };
  visit(tree.feature.length === 0 ? ~0 : 0);
}

/** Cover of a child as a share of both; half where nothing is known of it. */
function shareOf({ left, right, cover, leafCover }: Tree, node: number, child: number): number {
  const of = (side: number): number => (side < 0 ? leafCover[~side] : cover[side]);
  const both = of(left[node]) + of(right[node]);
  return both > 0 ? of(child) / both : 0.5;
}

function addLeaf(value: number, { features, cover, comes }: Way, sums: Float64Array): void {
  sums[sums.length - 1] += cover.reduce((product, share) => product * share, value);
  const { points, weights } = gaussLegendre(Math.ceil(features.length / 2));
  points.forEach((t, p) => {
    const factor = (i: number): number => t * comes[i] + (1 - t) * cover[i];
    let product = value * weights[p];
    for (let i = 0; i < features.length; i++) product *= factor(i);
    if (product === 0) return;
    for (let i = 0; i < features.length; i++) sums[features[i]] += ((comes[i] - cover[i]) * product) / factor(i);
  });
}
