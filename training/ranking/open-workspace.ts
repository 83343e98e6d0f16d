import type { LambdaMartOptions } from '../../src/config/ranking.js';
import { packBins, sharedUint32 } from './binned-rows.js';
import type { FeatureBins } from './bins.js';
import { control } from './crew-signals.js';
import { bestGains } from './ndcg.js';
import type { RankingRows } from './rows.js';
import { splitLength } from './split-record.js';
import { taskLength } from './tasks.js';
import { type FeatureLayout, perBin, type Workspace } from './workspace.js';

const sharedFloat64 = (length: number): Float64Array => new Float64Array(new SharedArrayBuffer(8 * length));
const sharedFloat32 = (length: number): Float32Array => new Float32Array(new SharedArrayBuffer(4 * length));

function copied<T extends { set(values: ArrayLike<number>): void }>(into: T, values: ArrayLike<number>): T {
  into.set(values);
  return into;
}

/**
 * The memory that threads share. Of 10^6 rows x 40 features: 40 MB of bins, 68 MB by row (scores, gains, orders, gradients, members), and 24 bytes a bin and leaf
 * of histograms, 8 MB with 31 leaves.
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
  return {
    rows: count,
    features,
    bins: all,
    rules: { minLeaf: options.minLeaf, minHessian: options.minHessian, l2: options.l2 },
    packed: packBins(bins, rows.columns, count),
    lambdas: {
      groups: copied(sharedUint32(groups.length), groups),
      gains: copied(sharedFloat64(count), gains),
      inverseBest: copied(
        sharedFloat64(best.length),
        best.map(gain => (gain === 0 ? 0 : 1 / gain)),
      ),
      weights: copied(sharedFloat64(best.length), weights ?? new Float64Array(best.length).fill(1)),
      scores: sharedFloat64(count),
      order: sharedUint32(count).map((_, row) => row),
      spare: sharedUint32(count),
      gradients: sharedFloat32(2 * count),
      truncation: options.truncation,
    },
    active: new Uint8Array(new SharedArrayBuffer(features.length)),
    members: sharedUint32(count),
    pairs: sharedFloat32(2 * count),
    histograms: sharedFloat64(options.leaves * all * perBin),
    found: sharedFloat64(options.threads * 2 * splitLength),
    control: new Int32Array(new SharedArrayBuffer(4 * control.length)),
    task: sharedFloat64(taskLength),
  };
}
