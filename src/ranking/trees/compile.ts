import { hasCategory, isCategorical, type TreeEnsemble } from './ensemble.js';

/** An ensemble made ready to score many rows. */
export interface CompiledEnsemble {
  /** @param columns  by feature of the ensemble, a value a row, NaN is missing @returns by row */
  scores(columns: readonly Float64Array[]): Float64Array;
}

/** Numeric tests of one feature: test start + 2 j + d asks whether a value is above thresholds[j]; d = 1: what is missing counts as above. */
interface NumericTests {
  readonly feature: number;
  /** ascending, each once */
  readonly thresholds: Float64Array;
  readonly start: number;
}

interface CategoricalTest {
  readonly feature: number;
  readonly words: Uint32Array;
  readonly defaultLeft: boolean;
}

/**
 * 32 rows at a time, a bit each: a test that occurs in many trees is asked once, by the rank of a value among the thresholds of its feature; a tree then parts
 * the set of rows from its root to its leaves without a branch. After QuickScorer (Lucchese et al., SIGIR 2015), turned from the leaves of one row to the rows of
 * one node. Trees are added in their order, so that sums are those of walking down each tree.
 */
export function compileEnsemble(ensemble: TreeEnsemble): CompiledEnsemble {
  const { trees } = ensemble;
  const plan = planTests(ensemble);
  const nodes = trees.reduce((sum, tree) => sum + tree.feature.length, 0);
  const leaves = trees.reduce((sum, tree) => sum + tree.value.length, 0);
  /** by node: its test, and the places of its children among the sets of its tree: nodes first, then leaves */
  const steps = new Int32Array(3 * nodes);
  const values = new Float64Array(leaves);
  const nodesOf = Int32Array.from(trees, tree => tree.feature.length);
  let [step, leaf, mostSets] = [0, 0, 1];
  trees.forEach((tree, t) => {
    const count = tree.feature.length;
    const place = (child: number): number => (child < 0 ? count + ~child : child);
    for (let node = 0; node < count; node++) {
      steps[step++] = plan.testOf(t, node);
      steps[step++] = place(tree.left[node]);
      steps[step++] = place(tree.right[node]);
    }
    values.set(tree.value, leaf);
    leaf += tree.value.length;
    mostSets = Math.max(mostSets, count + tree.value.length);
  });
  const rights = new Int32Array(plan.tests);
  const sets = new Int32Array(mostSets);

  const addTrees = (scores: Float64Array, from: number, all: number): void => {
    let [at, leafAt] = [0, 0];
    for (let t = 0; t < nodesOf.length; t++) {
      const count = nodesOf[t];
      sets[0] = all;
      for (let node = 0; node < count; node++) {
        const rows = sets[node];
        const right = rights[steps[at]];
        sets[steps[at + 1]] = rows & ~right;
        sets[steps[at + 2]] = rows & right;
        at += 3;
      }
      for (let place = count; place <= 2 * count; place++) {
        const value = values[leafAt++];
        for (let rest = sets[place]; rest !== 0; rest &= rest - 1)
          scores[from + 31 - Math.clz32(rest & -rest)] += value;
      }
    }
  };

  return {
    scores: columns => {
      const scores = new Float64Array(columns[0]?.length ?? 0).fill(ensemble.base);
      for (let from = 0; from < scores.length; from += 32) {
        const rows = Math.min(32, scores.length - from);
        for (const tests of plan.numeric) askNumeric(tests, columns[tests.feature], from, rows, rights);
        plan.categorical.forEach((test, i) => {
          rights[plan.firstCategorical + i] = askCategorical(test, columns[test.feature], from, rows);
        });
        addTrees(scores, from, rows === 32 ? -1 : (1 << rows) - 1);
      }
      return scores;
    },
  };
}

/** Sets the bits of the rows that go right, for every test of the feature. */
function askNumeric(
  { thresholds, start }: NumericTests,
  column: Float64Array,
  from: number,
  rows: number,
  rights: Int32Array,
): void {
  const count = thresholds.length;
  for (let test = start; test < start + 2 * count; test += 2) rights[test] = 0;
  let missing = 0;
  for (let row = 0; row < rows; row++) {
    const value = column[from + row];
    if (Number.isNaN(value)) {
      missing |= 1 << row;
      continue;
    }
    let [low, high] = [0, count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (thresholds[middle] < value) low = middle + 1;
      else high = middle;
    }
    if (low > 0) rights[start + 2 * low - 2] |= 1 << row;
  }
  let above = 0;
  for (let test = start + 2 * count - 2; test >= start; test -= 2) {
    above |= rights[test];
    rights[test] = above;
    rights[test + 1] = above | missing;
  }
}

function askCategorical(
  { words, defaultLeft }: CategoricalTest,
  column: Float64Array,
  from: number,
  rows: number,
): number {
  let right = 0;
  for (let row = 0; row < rows; row++) {
    const value = column[from + row];
    const left = Number.isNaN(value) ? defaultLeft : hasCategory(words, 0, words.length, value);
    if (!left) right |= 1 << row;
  }
  return right;
}

/** Numbers the tests of all nodes, the same test once. */
function planTests({ features, trees }: TreeEnsemble) {
  const thresholds = features.map(() => new Set<number>());
  for (const tree of trees)
    tree.feature.forEach((feature, node) => {
      if (!isCategorical(tree, node)) thresholds[feature].add(tree.threshold[node]);
    });
  const numeric: NumericTests[] = [];
  const numbers = new Map<number, ReadonlyMap<number, number>>();
  let tests = 0;
  thresholds.forEach((known, feature) => {
    if (known.size === 0) return;
    const sorted = Float64Array.from(known).sort();
    numeric.push({ feature, thresholds: sorted, start: tests });
    const start = tests;
    numbers.set(feature, new Map(Array.from(sorted, (threshold, j) => [threshold, start + 2 * j])));
    tests += 2 * sorted.length;
  });
  const firstCategorical = tests;
  const categorical: CategoricalTest[] = [];
  const placed = trees.map(tree =>
    Int32Array.from(tree.feature, (feature, node) => {
      const defaultLeft = tree.defaultLeft[node] === 1;
      const number = numbers.get(feature)?.get(tree.threshold[node]);
      if (number !== undefined && !isCategorical(tree, node)) return number + (defaultLeft ? 0 : 1);
      const words = tree.categories.slice(tree.categoryStart[node], tree.categoryStart[node + 1]);
      categorical.push({ feature, words, defaultLeft });
      return tests++;
    }),
  );
  const testOf = (tree: number, node: number): number => placed[tree][node];
  return { tests, numeric, firstCategorical, categorical, testOf };
}
