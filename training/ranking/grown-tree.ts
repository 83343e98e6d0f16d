import type { Tree } from '../../src/ranking/trees/ensemble.js';
import { shiftOf, wordOf } from './binned-rows.js';
import type { FeatureBins } from './bins.js';
import type { BestSplit } from './split-record.js';

/** A tree over bins, as it grows: node i of left and right as in `Tree`. */
export interface GrownTree {
  readonly splits: BestSplit[];
  readonly left: number[];
  readonly right: number[];
  /** by node: 1 for each of 256 bins that goes left */
  readonly sides: Uint8Array[];
  /** by node: rows */
  readonly cover: number[];
  /** by leaf */
  readonly values: number[];
  /** by leaf: rows */
  readonly leafCover: number[];
}

/** Which bins of its feature a split sends left. */
export function sidesOf({ bin, restLeft, set }: BestSplit, { kind, count, hasRest }: FeatureBins): Uint8Array {
  const sides = new Uint8Array(256);
  if (kind === 'category') {
    for (let named = 0; named < count - 1; named++) sides[named] = (set[named >>> 5] >>> (named & 31)) & 1;
    return sides;
  }
  sides.fill(1, 0, bin + 1);
  if (hasRest) sides[count - 1] = restLeft ? 1 : 0;
  return sides;
}

/** Adds to the scores of rows from..to the value of the leaf that it comes to. @param packed  as `packBins` gives it */
export function addLeaves(tree: GrownTree, packed: Uint32Array, scores: Float64Array, from: number, to: number): void {
  const columns = tree.splits.map(({ feature }) => wordOf(feature) * scores.length);
  const shifts = tree.splits.map(({ feature }) => shiftOf(feature));
  const { left, right, sides, values } = tree;
  for (let row = from; row < to; row++) {
    let node = 0;
    while (node >= 0) {
      const bin = (packed[columns[node] + row] >>> shifts[node]) & 255;
      node = sides[node][bin] === 1 ? left[node] : right[node];
    }
    scores[row] += values[~node];
  }
}

/** The tree over values instead of bins. */
export function asTree(tree: GrownTree, bins: readonly FeatureBins[]): Tree {
  const nodes = tree.splits.length;
  const categoryStart = new Int32Array(nodes + 1);
  const categories: number[] = [];
  const threshold = new Float64Array(nodes);
  const defaultLeft = new Uint8Array(nodes);
  tree.splits.forEach(({ feature, bin, restLeft }, node) => {
    const { kind, bounds, categories: named } = bins[feature];
    if (kind === 'category') categories.push(...asWords(named.filter((_, i) => tree.sides[node][i] === 1)));
    // behind the last bound there are all numbers: the split parts them from what is missing
    else threshold[node] = bounds[bin] ?? Number.MAX_VALUE;
    defaultLeft[node] = restLeft ? 1 : 0;
    categoryStart[node + 1] = categories.length;
  });
  return {
    feature: Int32Array.from(tree.splits, ({ feature }) => feature),
    threshold,
    left: Int32Array.from(tree.left),
    right: Int32Array.from(tree.right),
    defaultLeft,
    categoryStart,
    categories: Uint32Array.from(categories),
    gain: Float64Array.from(tree.splits, ({ gain }) => gain),
    cover: Float64Array.from(tree.cover),
    value: Float64Array.from(tree.values),
    leafCover: Float64Array.from(tree.leafCover),
  };
}

function asWords(categories: Int32Array): Uint32Array {
  const words = new Uint32Array((Math.max(...categories) >>> 5) + 1);
  for (const category of categories) words[category >>> 5] |= 1 << (category & 31);
  return words;
}
