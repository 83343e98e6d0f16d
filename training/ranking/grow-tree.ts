import type { Kernel } from '../../src/math/wasm.js';
import { shiftOf, wordOf } from './binned-rows.js';
import type { FeatureBins } from './bins.js';
import type { Crew } from './crew.js';
import { type GrownTree, sidesOf } from './grown-tree.js';
import { type BestSplit, type LeafSums, leafValue, noSplit, readSplit, splitLength } from './split-record.js';
import { type SearchedLeaf, taskKinds, writeTask } from './tasks.js';
import type { Workspace } from './workspace.js';

export interface TreeRules {
  readonly leaves: number;
  readonly learningRate: number;
  readonly threads: number;
}

/** A leaf of the growing tree: members from..to of the workspace. */
interface Leaf extends LeafSums {
  readonly from: number;
  readonly to: number;
  readonly slot: number;
  readonly value: number;
  /** whose child it is */
  readonly parent: number;
  readonly isLeft: boolean;
  split: BestSplit;
}

/** A grown tree, and the ranges of members that its leaves hold. */
export interface Growth {
  readonly tree: GrownTree;
  readonly ranges: readonly { readonly from: number; readonly to: number }[];
}

/**
 * Grows a tree leaf-wise (Shi 2007; LightGBM, Ke et al., NIPS 2017): always the split that takes most off the loss. Only the smaller side of a split is counted
 * into a histogram; the other one is what the parent had less that.
 * @param members  rows that the tree learns from: `workspace.members` and `.pairs` hold so many
 * @param part  the kernel of that name
 * @returns undefined where no split gains anything
 */
export function growTree(
  workspace: Workspace,
  crew: Crew,
  bins: readonly FeatureBins[],
  members: number,
  rules: TreeRules,
  part: Kernel,
): Growth | undefined {
  const root = rootOf(workspace, members);
  const search = (smaller: Leaf, larger?: Leaf): void => {
    const asked = (leaf: Leaf): SearchedLeaf => ({ ...leaf, isOpen: leaf.rows >= 2 * workspace.rules.minLeaf });
    const [first, second] = [asked(smaller), larger && asked(larger)];
    if (!first.isOpen && !second?.isOpen) return;
    writeTask(workspace.task, { from: smaller.from, to: smaller.to, smaller: first, larger: second });
    crew.run(taskKinds.splits);
    smaller.split = bestFound(workspace, 0, rules.threads);
    if (larger) larger.split = bestFound(workspace, 1, rules.threads);
  };
  search(root);
  if (root.split.gain === 0) return undefined;
  const leaves = [root];
  const tree: GrownTree = { splits: [], left: [], right: [], sides: [], cover: [], values: [], leafCover: [] };
  while (leaves.length < rules.leaves) {
    const at = bestLeaf(leaves);
    if (leaves[at].split.gain === 0) break;
    const { split } = leaves[at];
    const node = addNode(tree, leaves[at], at, leaves.length, sidesOf(split, bins[split.feature]));
    const [left, right] = splitLeaf(workspace, part, leaves[at], node, leaves.length, tree.sides[node]);
    leaves[at] = left;
    leaves.push(right);
    if (leaves.length === rules.leaves) break; // nothing is split any more
    if (left.rows <= right.rows) search(left, right);
    else search(right, left);
  }
  for (const leaf of leaves) {
    tree.values.push(leaf.value * rules.learningRate);
    tree.leafCover.push(leaf.rows);
  }
  return { tree, ranges: leaves };
}

function rootOf({ pairs, rules }: Workspace, members: number): Leaf {
  let [gradient, hessian] = [0, 0];
  for (let i = 0; i < members; i++) {
    gradient += pairs[2 * i];
    hessian += pairs[2 * i + 1];
  }
  const [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const value = leafValue(gradient, hessian, rules.l2, low, high);
  const sums = { gradient, hessian, rows: members, low, high };
  return { ...sums, from: 0, to: members, slot: 0, value, parent: -1, isLeft: false, split: noSplit() };
}

/** The best split of all threads; of equal ones that of the first feature. */
function bestFound({ found }: Workspace, which: 0 | 1, threads: number): BestSplit {
  const splits = Array.from({ length: threads }, (_, thread) => readSplit(found, (2 * thread + which) * splitLength));
  return splits.reduce((best, split) =>
    split.gain > best.gain || (split.gain === best.gain && split.feature < best.feature) ? split : best,
  );
}

function bestLeaf(leaves: readonly Leaf[]): number {
  let best = 0;
  for (let i = 1; i < leaves.length; i++) if (leaves[i].split.gain > leaves[best].split.gain) best = i;
  return best;
}

/** Puts a node in the place of a leaf, whose number its left side keeps. @returns the node */
function addNode(tree: GrownTree, leaf: Leaf, number: number, newLeaf: number, sides: Uint8Array): number {
  const node = tree.splits.length;
  if (leaf.parent >= 0) (leaf.isLeft ? tree.left : tree.right)[leaf.parent] = node;
  tree.splits.push(leaf.split);
  tree.left.push(~number);
  tree.right.push(~newLeaf);
  tree.sides.push(sides);
  tree.cover.push(leaf.rows);
  return node;
}

/** The two sides of a split leaf; the smaller one has a histogram of its own to come, in slot `newSlot`. */
function splitLeaf(
  workspace: Workspace,
  part: Kernel,
  leaf: Leaf,
  node: number,
  newSlot: number,
  sides: Uint8Array,
): [Leaf, Leaf] {
  const { split, from, to, low, high, slot } = leaf;
  const middle = partMembers(workspace, part, from, to, split.feature, sides);
  const between = (split.leftValue + split.rightValue) / 2;
  const { monotone } = workspace.features[split.feature];
  const isLeftSmaller = middle - from <= to - middle;
  const left: Leaf = {
    from,
    to: middle,
    slot: isLeftSmaller ? newSlot : slot,
    gradient: split.gradient,
    hessian: split.hessian,
    rows: middle - from,
    low: monotone < 0 ? between : low,
    high: monotone > 0 ? between : high,
    value: split.leftValue,
    parent: node,
    isLeft: true,
    split: noSplit(),
  };
  const right: Leaf = {
    from: middle,
    to,
    slot: isLeftSmaller ? slot : newSlot,
    gradient: leaf.gradient - split.gradient,
    hessian: leaf.hessian - split.hessian,
    rows: to - middle,
    low: monotone > 0 ? between : low,
    high: monotone < 0 ? between : high,
    value: split.rightValue,
    parent: node,
    isLeft: false,
    split: noSplit(),
  };
  return [left, right];
}

/** Puts members that go left before those that go right, both in their order. @returns where the right ones begin */
function partMembers(
  { members, pairs, packed, rows, spare }: Workspace,
  part: Kernel,
  from: number,
  to: number,
  feature: number,
  sides: Uint8Array,
): number {
  spare.sides.set(sides);
  part(
    members.byteOffset + 4 * from,
    pairs.byteOffset + 8 * from,
    to - from,
    packed.byteOffset + 4 * wordOf(feature) * rows,
    shiftOf(feature),
    spare.sides.byteOffset,
    spare.members.byteOffset,
    spare.pairs.byteOffset,
    spare.left.byteOffset,
  );
  const middle = from + spare.left[0];
  members.set(spare.members.subarray(0, to - middle), middle);
  pairs.set(spare.pairs.subarray(0, 2 * (to - middle)), 2 * middle);
  return middle;
}
