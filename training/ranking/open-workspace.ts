import type { LambdaMartOptions } from '../../src/config/ranking.js';
import { allocate } from './arena.js';
import { packBins } from './binned-rows.js';
import type { FeatureBins } from './bins.js';
import { control } from './crew-signals.js';
import { bestGains } from './ndcg.js';
import type { RankingRows } from './rows.js';
import { splitLength } from './split-record.js';
import { taskLength } from './tasks.js';
import { type FeatureLayout, perBin, type Workspace, wordsOf } from './workspace.js';

/**
 * The memory that threads share. Of 10^6 rows x 40 features: 40 MB of bins, 56 MB by row (scores, gains, orders, gradients, members), and 16 bytes a bin and leaf
 * of histograms, 5 MB with 31 leaves.
 * @throws TandemError 'ranker/too-large'
 */
export function openWorkspace(rows: RankingRows, bins: readonly FeatureBins[], options: LambdaMartOptions): Workspace {
  const { gains, groups, weights } = rows;
  const count = gains.length;
  const best = bestGains(rows, options.truncation);
  let all = 0;
  const features = bins.map((feature, i): FeatureLayout => {
    const firstBin = all;
    all += feature.count;
    const { kind, count: bins, hasRest } = feature;
    return { kind, count: bins, hasRest, monotone: rows.features[i].monotone ?? 0, firstBin };
  });
  const { memory, arrays } = allocate(arena => ({
    packed: arena.uint32(wordsOf(features.length) * count),
    lambdas: {
      groups: arena.uint32(groups.length),
      gains: arena.float64(count),
      inverseBest: arena.float64(best.length),
      weights: arena.float64(best.length),
      scores: arena.float64(count),
      order: arena.uint32(count),
      spare: arena.uint32(count),
      gradients: arena.float32(2 * count),
      truncation: options.truncation,
    },
    active: arena.uint8(features.length),
    members: arena.uint32(count),
    pairs: arena.float32(2 * count),
    spare: {
      members: arena.uint32(count),
      pairs: arena.float32(2 * count),
      sides: arena.uint8(256),
      left: arena.uint32(1),
    },
    histograms: arena.float64(options.leaves * (all + 1) * perBin),
    found: arena.float64(options.threads * 2 * splitLength),
    control: arena.int32(control.length),
    task: arena.float64(taskLength),
  }));
  const { lambdas } = arrays;
  packBins(bins, rows.columns, arrays.packed);
  lambdas.groups.set(groups);
  lambdas.gains.set(gains);
  lambdas.inverseBest.set(best.map(gain => (gain === 0 ? 0 : 1 / gain)));
  lambdas.weights.set(weights ?? new Float64Array(best.length).fill(1));
  lambdas.order.forEach((_, row) => {
    lambdas.order[row] = row;
  });
  const rules = { minLeaf: options.minLeaf, minHessian: options.minHessian, l2: options.l2 };
  return { memory, rows: count, features, bins: all + 1, rules, ...arrays };
}
