import { type Random, seededRandom } from '../../../src/math/random.js';
import { type EnsembleFeature, goesLeft, type Tree, type TreeEnsemble } from '../../../src/ranking/trees/ensemble.js';

/** Thresholds and values are drawn from a few numbers, so that values meet thresholds exactly. */
const grid = [-3, -1.5, -0.1, 0, 0.1, 1 / 3, 2, 1e-300, 7e9];
const mostCategories = 70;

export interface Shape {
  readonly features: number;
  readonly trees: number;
  /** at least 1 */
  readonly leaves: number;
  /** no categorical features; default: every third is one */
  readonly numbersAlone?: boolean;
}

/** An ensemble of random trees with random covers that add up. */
export function randomEnsemble(seed: number, { features, trees, leaves, numbersAlone }: Shape): TreeEnsemble {
  const random = seededRandom(seed);
  const described = Array.from(
    { length: features },
    (_, i): EnsembleFeature => ({
      name: `feature ${i}`,
      kind: i % 3 === 2 && !numbersAlone ? 'category' : 'number',
    }),
  );
  return {
    features: described,
    base: random.normal(),
    trees: Array.from({ length: trees }, () => randomTree(random, described, 1 + random.below(leaves))),
  };
}

function randomTree(random: Random, features: readonly EnsembleFeature[], leaves: number): Tree {
  const nodes = leaves - 1;
  const [feature, left, right] = [new Int32Array(nodes), new Int32Array(nodes), new Int32Array(nodes)];
  const [threshold, cover] = [new Float64Array(nodes), new Float64Array(nodes)];
  const categoryStart = new Int32Array(nodes + 1);
  const categories: number[] = [];
  /** of each leaf, the child that it is */
  const places: { readonly side: Int32Array; readonly node: number }[] = [];
  for (let node = 0; node < nodes; node++) {
    const leaf = random.below(node + 1);
    if (node > 0) places[leaf].side[places[leaf].node] = node;
    feature[node] = random.below(features.length);
    if (features[feature[node]].kind === 'number') threshold[node] = grid[random.below(grid.length)];
    else for (let i = random.below(3); i >= 0; i--) categories.push(random.below(2 ** 32));
    categoryStart[node + 1] = categories.length;
    left[node] = ~leaf;
    right[node] = ~(node + 1);
    places[leaf] = { side: left, node };
    places[node + 1] = { side: right, node };
  }
  const leafCover = Float64Array.from({ length: leaves }, () => 1 + random.below(20));
  const coverOf = (child: number): number => (child < 0 ? leafCover[~child] : cover[child]);
  for (let node = nodes - 1; node >= 0; node--) cover[node] = coverOf(left[node]) + coverOf(right[node]);
  return {
    feature,
    threshold,
    left,
    right,
    defaultLeft: Uint8Array.from({ length: nodes }, () => random.below(2)),
    categoryStart,
    categories: Uint32Array.from(categories),
    gain: Float64Array.from({ length: nodes }, () => random.next()),
    cover,
    value: Float64Array.from({ length: leaves }, () => random.normal()),
    leafCover,
  };
}

/** Values for the features of an ensemble: on and beside thresholds, missing, unseen categories. */
export function randomColumns(seed: number, { features }: TreeEnsemble, rows: number): Float64Array[] {
  const random = seededRandom(seed);
  const value = (kind: EnsembleFeature['kind']): number => {
    if (random.below(6) === 0) return Number.NaN;
    if (kind === 'category') return random.below(mostCategories + 40);
    return random.below(2) === 0 ? grid[random.below(grid.length)] : random.normal() * 3;
  };
  return features.map(({ kind }) => Float64Array.from({ length: rows }, () => value(kind)));
}

/** The leaf that a row comes to, by walking down. */
export function leafOf(tree: Tree, columns: readonly Float64Array[], row: number): number {
  let at = tree.feature.length === 0 ? -1 : 0;
  while (at >= 0) at = goesLeft(tree, at, columns[tree.feature[at]][row]) ? tree.left[at] : tree.right[at];
  return ~at;
}

export const walkedScore = ({ base, trees }: TreeEnsemble, columns: readonly Float64Array[], row: number): number =>
  trees.reduce((sum, tree) => sum + tree.value[leafOf(tree, columns, row)], base);
