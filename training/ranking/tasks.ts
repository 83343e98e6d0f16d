import { instantiate, type Kernel } from '../../src/math/wasm.js';
import { findCategoricalSplit } from './categorical-split.js';
import { buildHistogram, subtractHistogram } from './histogram.js';
import { computeLambdas } from './lambdas.js';
import { findNumericSplit } from './numeric-split.js';
import { type BestSplit, type LeafSums, noSplit, splitLength, unsplitGain, writeSplit } from './split-record.js';
import { trainKernels } from './train-kernels.js';
import { featuresPerWord, perBin, type Workspace, wordsOf } from './workspace.js';

/** What threads do side by side. Each writes what no other reads or writes before all are done, so that results do not depend on how many there are. */
export const taskKinds = { lambdas: 1, splits: 2, end: 3 } as const;

/** A leaf whose split is searched, and where its histogram is. */
export interface SearchedLeaf extends LeafSums {
  readonly slot: number;
  /** false: nothing below it is wanted */
  readonly isOpen: boolean;
}

/** The smaller leaf is counted over members from..to, the larger one is what its parent had less that. */
export interface SplitTask {
  readonly from: number;
  readonly to: number;
  readonly smaller: SearchedLeaf;
  /** none for the root: it is the smaller one */
  readonly larger: SearchedLeaf | undefined;
}

const leafLength = 7;

export const taskLength = 2 + 2 * leafLength;

export function writeTask(task: Float64Array, { from, to, smaller, larger }: SplitTask): void {
  task[0] = from;
  task[1] = to;
  [smaller, larger].forEach((leaf, i) => {
    const place = 2 + i * leafLength;
    task.set(
      leaf === undefined
        ? [-1]
        : [leaf.slot, leaf.isOpen ? 1 : 0, leaf.gradient, leaf.hessian, leaf.rows, leaf.low, leaf.high],
      place,
    );
  });
}

function readLeaf(task: Float64Array, place: number): SearchedLeaf | undefined {
  const [slot, isOpen, gradient, hessian, rows, low, high] = task.subarray(place, place + leafLength);
  return slot < 0 ? undefined : { slot, isOpen: isOpen === 1, gradient, hessian, rows, low, high };
}

/** Runs the share of thread `thread` of `threads` in the task at hand. */
export function taskRunner(workspace: Workspace, thread: number, threads: number): (kind: number) => void {
  const { histogram } = instantiate(trainKernels, workspace.memory);
  return kind => {
    if (kind === taskKinds.lambdas) {
      const queries = workspace.lambdas.groups.length - 1;
      const bound = (part: number): number => Math.floor((queries * part) / threads);
      computeLambdas(workspace.lambdas, bound(thread), bound(thread + 1));
    } else searchSplits(workspace, histogram, thread, threads);
  };
}

function searchSplits(workspace: Workspace, histogram: Kernel, thread: number, threads: number): void {
  const { features, task, active, found } = workspace;
  const [from, to] = task;
  const smaller = readLeaf(task, 2);
  const larger = readLeaf(task, 2 + leafLength);
  const leaves = [smaller, larger].map(leaf => ({
    leaf,
    best: noSplit(),
    unsplit: leaf ? unsplitGain(leaf, workspace.rules) : 0,
  }));
  let turn = 0;
  for (let word = 0; word < wordsOf(features.length); word++) {
    const first = word * featuresPerWord;
    const end = Math.min(first + featuresPerWord, features.length);
    if (!active.subarray(first, end).includes(1) || turn++ % threads !== thread) continue;
    buildHistogram(workspace, histogram, word, from, to, smaller!.slot);
    if (larger) subtractHistogram(workspace, word, larger.slot, smaller!.slot);
    for (let feature = first; feature < end; feature++)
      if (active[feature] === 1)
        for (const { leaf, best, unsplit } of leaves)
          if (leaf?.isOpen) searchFeature(workspace, best, feature, leaf, unsplit);
  }
  leaves.forEach(({ best }, i) => {
    writeSplit(best, found, (2 * thread + i) * splitLength);
  });
}

function searchFeature(
  { features, bins, histograms, rules }: Workspace,
  best: BestSplit,
  feature: number,
  leaf: SearchedLeaf,
  unsplit: number,
): void {
  const layout = features[feature];
  const first = (leaf.slot * bins + layout.firstBin) * perBin;
  const find = layout.kind === 'category' ? findCategoricalSplit : findNumericSplit;
  find(best, feature, layout, histograms, first, leaf, unsplit, rules);
}
