import { describe, expect, it } from 'vitest';
import { lambdaMartSchema } from '../../../src/config/ranking.js';
import { seededRandom } from '../../../src/math/random.js';
import type { Tree } from '../../../src/ranking/trees/ensemble.js';
import { trainLambdaMart } from '../../../training/ranking/lambda-mart.js';
import { computeLambdas } from '../../../training/ranking/lambdas.js';
import { bestGains } from '../../../training/ranking/ndcg.js';
import type { RankingRows } from '../../../training/ranking/rows.js';
import { numbers, type Row, rowsOf } from './rows-of.js';

const features = 6;
const l2 = 0.01;
const minHessian = 0.05;

/** Small whole numbers, so that every value has a bin of its own; some are missing. */
function wholeRows(seed: number): RankingRows {
  const random = seededRandom(seed);
  const row = (): Row => {
    const values = Array.from({ length: features }, () => (random.below(8) === 0 ? Number.NaN : random.below(12)));
    const worth = (values[0] || 0) + (values[1] > 6 ? values[2] || 3 : 4) + 3 * random.next();
    return [values, worth > 17 ? 2 : worth > 14 ? 1 : 0];
  };
  return rowsOf(
    numbers(features),
    Array.from({ length: 120 }, () => Array.from({ length: 15 }, row)),
  );
}

/** Gradient and hessian of every row for scores of 0. */
function firstLambdas(rows: RankingRows): Float32Array {
  const count = rows.gains.length;
  const best = bestGains(rows, 30);
  const gradients = new Float32Array(2 * count);
  computeLambdas(
    {
      groups: rows.groups,
      gains: rows.gains,
      inverseBest: best.map(gain => (gain === 0 ? 0 : 1 / gain)),
      weights: new Float64Array(best.length).fill(1),
      scores: new Float64Array(count),
      order: Uint32Array.from({ length: count }, (_, row) => row),
      spare: new Uint32Array(count),
      gradients,
      truncation: 30,
    },
    0,
    best.length,
  );
  return gradients;
}

/** Rows that come to a node, by node; and by leaf. */
function rowsBelow(tree: Tree, { columns }: RankingRows, learning: readonly number[]) {
  const nodes = Array.from(tree.feature, (): number[] => []);
  const leaves = Array.from(tree.value, (): number[] => []);
  for (const row of learning)
    for (let at = 0; ; ) {
      if (at < 0) {
        leaves[~at].push(row);
        break;
      }
      nodes[at].push(row);
      const value = columns[tree.feature[at]][row];
      const isLeft = Number.isNaN(value) ? tree.defaultLeft[at] === 1 : value <= tree.threshold[at];
      at = isLeft ? tree.left[at] : tree.right[at];
    }
  return { nodes, leaves };
}

describe('the first tree', () => {
  const rows = wholeRows(7);
  const gradients = firstLambdas(rows);
  const learning = Array.from(rows.groups.subarray(1), (end, query) => {
    const own = Array.from({ length: end - rows.groups[query] }, (_, i) => rows.groups[query] + i);
    return new Set(own.map(row => rows.gains[row])).size > 1 ? own : [];
  }).flat();
  const sums = (of: readonly number[]): [gradient: number, hessian: number] =>
    of.reduce(([g, h], row) => [g + gradients[2 * row], h + gradients[2 * row + 1]], [0, 0]);
  const worth = (of: readonly number[]): number => {
    const [gradient, hessian] = sums(of);
    return gradient ** 2 / (hessian + l2);
  };

  /** The most that any threshold of any feature gains, with what is missing on either side. */
  function mostGain(of: readonly number[]): number {
    let most = 0;
    for (const column of rows.columns)
      for (const restLeft of [false, true])
        for (let threshold = 0.5; threshold < 12; threshold++) {
          const isLeft = (row: number): boolean => (Number.isNaN(column[row]) ? restLeft : column[row] <= threshold);
          const sides = [of.filter(isLeft), of.filter(row => !isLeft(row))];
          if (sides.some(side => sums(side)[1] < minHessian)) continue;
          most = Math.max(most, worth(sides[0]) + worth(sides[1]) - worth(of));
        }
    return most;
  }

  it('takes the best split of all at every node, and the Newton step in every leaf', async () => {
    const options = lambdaMartSchema.parse({
      trees: 1,
      leaves: 12,
      minLeaf: 1,
      threads: 1,
      l2,
      minHessian,
      learningRate: 0.1,
    });
    const { ensemble } = await trainLambdaMart(rows, undefined, options);
    const [tree] = ensemble.trees;
    const { nodes, leaves } = rowsBelow(tree, rows, learning);
    expect(tree.value).toHaveLength(12);
    nodes.forEach((of, node) => {
      expect(tree.cover[node]).toBe(of.length);
      expect(tree.gain[node]).toBeCloseTo(mostGain(of), 6);
    });
    leaves.forEach((of, leaf) => {
      const [gradient, hessian] = sums(of);
      expect(tree.leafCover[leaf]).toBe(of.length);
      expect(tree.value[leaf]).toBeCloseTo((-0.1 * gradient) / (hessian + l2), 6);
      // grown leaf-wise: what was left unsplit would have gained less than the last split
      expect(mostGain(of)).toBeLessThanOrEqual(tree.gain[nodes.length - 1] + 1e-6);
    });
  });
});
