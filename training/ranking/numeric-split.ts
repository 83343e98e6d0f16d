import { type BestSplit, type LeafSums, leastHessian, offerSplit } from './split-record.js';
import { type FeatureLayout, perBin, type SplitRules } from './workspace.js';

/** Share of the hessian of a leaf that subtraction may leave where there is nothing. */
const nothing = 1e-12;

/**
 * The best threshold of a feature for a leaf, what is missing once on the right and once on the left.
 * @param histogram  [bins of the feature, 2] from `first` on
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
  const least = leastHessian(leaf, rules);
  const most = leaf.hessian - least;
  const ways = hasRest && histogram[rest + 1] > nothing * leaf.hessian ? 2 : 1;
  for (let way = 0; way < ways; way++) {
    const restLeft = way === 1;
    let gradient = restLeft ? histogram[rest] : 0;
    let hessian = restLeft ? histogram[rest + 1] : 0;
    // the last bin ends the numbers: it parts them from what is missing, if that is on the right
    const end = ways === 2 && !restLeft ? numbers : numbers - 1;
    for (let bin = 0; bin < end; bin++) {
      gradient += histogram[first + perBin * bin];
      hessian += histogram[first + perBin * bin + 1];
      if (hessian < least) continue;
      if (hessian > most) break;
      if (!offerSplit(best, leaf, unsplit, gradient, hessian, rules.l2, monotone)) continue;
      best.feature = feature;
      best.bin = bin;
      // without missing rows in the leaf, what is missing goes where most rows go
      best.restLeft = ways === 2 ? restLeft : 2 * hessian > leaf.hessian;
    }
  }
}
