import { type BestSplit, type LeafSums, offerSplit } from './split-record.js';
import { type FeatureLayout, perBin, type SplitRules } from './workspace.js';

/**
 * The best threshold of a feature for a leaf, what is missing once on the right and once on the left.
 * @param histogram  [bins of the feature, 3] from `first` on
 * @param best  is given the split where it is better
 */
export function findNumericSplit(
  best: BestSplit,
  feature: number,
  { count, hasRest, monotone }: FeatureLayout,
  histogram: Float64Array,
  first: number,
  leaf: LeafSums,
  unsplit: number,
  rules: SplitRules,
): void {
  const numbers = hasRest ? count - 1 : count;
  const rest = first + perBin * numbers;
  const restRows = hasRest ? histogram[rest + 2] : 0;
  const ways = restRows > 0 ? 2 : 1;
  for (let way = 0; way < ways; way++) {
    const restLeft = way === 1;
    let gradient = restLeft ? histogram[rest] : 0;
    let hessian = restLeft ? histogram[rest + 1] : 0;
    let rows = restLeft ? restRows : 0;
    // the last bin ends the numbers: it parts them from what is missing, if that is on the right
    const end = ways === 2 && !restLeft ? numbers : numbers - 1;
    for (let bin = 0; bin < end; bin++) {
      const place = first + perBin * bin;
      const inBin = histogram[place + 2];
      gradient += histogram[place];
      hessian += histogram[place + 1];
      rows += inBin;
      if (inBin === 0 || rows < rules.minLeaf || hessian < rules.minHessian) continue;
      if (leaf.rows - rows < rules.minLeaf || leaf.hessian - hessian < rules.minHessian) break;
      if (!offerSplit(best, leaf, unsplit, gradient, hessian, rules.l2, monotone)) continue;
      best.feature = feature;
      best.bin = bin;
      best.rows = rows;
      // without missing rows in the leaf, what is missing goes where most rows go
      best.restLeft = ways === 2 ? restLeft : 2 * rows > leaf.rows;
    }
  }
}
