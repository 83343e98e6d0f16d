import { instantiate, wasmMemory } from '../../math/wasm.js';
import { hasCategory, type TreeEnsemble } from './ensemble.js';
import { type CategoricalPlane, type PlanePlan, planPlanes } from './plan-planes.js';
import { blockRows, nodeWords, scoreKernels, treeWords } from './score-kernels.js';
import { walkEnsemble } from './walk-ensemble.js';

/** An ensemble made ready to score many rows. */
export interface CompiledEnsemble {
  /** @param columns  by feature of the ensemble, a value a row, NaN is missing @returns by row */
  scores(columns: readonly Float64Array[]): Float64Array;
}

/** Leaves that have a byte for a number, and bytes that a compiled ensemble takes at most: what is larger is walked. */
const mostLeaves = 256;
const mostBytes = 2 ** 28;
const leafPlaneBytes = 16;

/**
 * Many trees ask the same of a row: whether a value is above a threshold. Each value is ranked once among the thresholds of its feature, a byte; then the leaf of
 * 16 rows at a time is selected from the nodes upwards, without a branch. After QuickScorer (Lucchese et al., SIGIR 2015) and RapidScorer (Ye et al., KDD 2018),
 * which go from the tests to the leaves too. Trees are added in their order, so that sums are those of walking down each tree, to the last bit.
 */
export function compileEnsemble(ensemble: TreeEnsemble): CompiledEnsemble {
  const { trees, base } = ensemble;
  const walked: CompiledEnsemble = { scores: columns => walkEnsemble(ensemble, columns) };
  if (trees.length === 0 || trees.some(tree => tree.value.length > mostLeaves)) return walked;
  const plan = planPlanes(ensemble);
  const places = layOut(ensemble, plan);
  const memory = places.bytes <= mostBytes ? wasmMemory(places.bytes, false) : undefined;
  if (memory === undefined) return walked;
  writeProgram(ensemble, plan, places, memory.buffer);
  const { rank, walk } = instantiate(scoreKernels, memory);
  const column = new Float64Array(memory.buffer, places.column, blockRows);
  const block = new Float64Array(memory.buffer, places.scores, blockRows);
  const numeric = plan.numeric.map(({ feature, thresholds, plane }, i) => ({
    feature,
    count: thresholds.length,
    thresholds: places.thresholds[i],
    plane: places.planes + plane * blockRows,
    isFirst: plan.numeric[i - 1]?.feature !== feature,
  }));
  const categorical = plan.categorical.map(asked => ({
    asked,
    bytes: new Uint8Array(memory.buffer, places.planes + asked.plane * blockRows, blockRows),
  }));
  return {
    scores: columns => {
      const scores = new Float64Array(columns[0]?.length ?? 0);
      for (let from = 0; from < scores.length; from += blockRows) {
        const rows = Math.min(blockRows, scores.length - from);
        for (const { feature, count, thresholds, plane, isFirst } of numeric) {
          if (isFirst) column.set(columns[feature].subarray(from, from + rows));
          rank(places.column, rows, thresholds, count, plane, plane + blockRows);
        }
        for (const { asked, bytes } of categorical) askCategories(asked, columns[asked.feature], from, rows, bytes);
        block.fill(base);
        walk(places.program, places.trees, trees.length, Math.ceil(rows / 16), rows, places.scores);
        scores.set(block.subarray(0, rows), from);
      }
      return scores;
    },
  };
}

function askCategories(
  { words, defaultLeft }: CategoricalPlane,
  column: Float64Array,
  from: number,
  rows: number,
  bytes: Uint8Array,
): void {
  for (let row = 0; row < rows; row++) {
    const value = column[from + row];
    const isLeft = Number.isNaN(value) ? defaultLeft : hasCategory(words, 0, words.length, value);
    bytes[row] = isLeft ? 0 : 1;
  }
}

type Layout = ReturnType<typeof layOut>;

/** Where in memory what lies: addresses in bytes, all multiples of 16. */
function layOut({ trees }: TreeEnsemble, { planes, numeric }: PlanePlan) {
  let bytes = 0;
  const take = (count: number): number => {
    const place = bytes;
    bytes += Math.ceil(count / 16) * 16;
    return place;
  };
  const nodes = trees.reduce((sum, tree) => sum + tree.feature.length, 0);
  const mostNodes = trees.reduce((most, tree) => Math.max(most, tree.feature.length), 0);
  const places = {
    leafPlanes: take(mostLeaves * leafPlaneBytes),
    /** of a tree of one leaf */
    zeros: take(blockRows),
    column: take(8 * blockRows),
    scores: take(8 * blockRows),
    results: take(mostNodes * blockRows),
    planes: take(planes * blockRows),
    thresholds: numeric.map(({ thresholds }) => take(8 * thresholds.length)),
    values: trees.map(tree => take(8 * tree.value.length)),
    program: take(4 * nodeWords * nodes),
    trees: take(4 * treeWords * trees.length),
  };
  return { ...places, bytes };
}

function writeProgram({ trees }: TreeEnsemble, plan: PlanePlan, places: Layout, buffer: ArrayBufferLike): void {
  const bytes = new Uint8Array(buffer);
  const words = new Int32Array(buffer);
  const doubles = new Float64Array(buffer);
  for (let leaf = 0; leaf < mostLeaves; leaf++)
    bytes.fill(leaf, places.leafPlanes + leaf * leafPlaneBytes, places.leafPlanes + (leaf + 1) * leafPlaneBytes);
  plan.numeric.forEach(({ thresholds }, i) => {
    doubles.set(thresholds, places.thresholds[i] / 8);
  });
  const result = (node: number): number => places.results + node * blockRows;
  const side = (child: number): [address: number, stride: number] =>
    child < 0 ? [places.leafPlanes + ~child * leafPlaneBytes, 0] : [result(child), 16];
  let at = places.program / 4;
  trees.forEach((tree, t) => {
    const nodes = tree.feature.length;
    const { plane, bound } = plan.of[t];
    for (let node = nodes - 1; node >= 0; node--, at += nodeWords) {
      const address = places.planes + plane[node] * blockRows;
      words.set([address, bound[node], ...side(tree.left[node]), ...side(tree.right[node]), result(node)], at);
    }
    doubles.set(tree.value, places.values[t] / 8);
    words.set([nodes, places.values[t], nodes === 0 ? places.zeros : result(0)], places.trees / 4 + t * treeWords);
  });
}
