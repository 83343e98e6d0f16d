import { type BestSplit, type LeafSums, leastHessian, offerSplit } from './split-record.js';
import { type FeatureLayout, perBin, type SplitRules } from './workspace.js';

/** LightGBM's bounds: `max_cat_to_onehot`, `cat_smooth`, `cat_l2`, `max_cat_threshold`, `min_data_per_group`. */
const oneByOne = 4;
const smoothing = 10;
const categoryL2 = 10;
const mostNamed = 32;
const leastStep = 100;

/**
 * The best set of categories to send left: each alone where there are few; else they are sorted by gradient / hessian, and the best cut of that order is the
 * best of all sets (Fisher 1958), here from both ends over the first 32, so that few rows do not choose among many sets. The bin of what is missing or rare
 * always goes right.
 * @param histogram  [bins of the feature, 2] from `first` on
 */
export function findCategoricalSplit(
  best: BestSplit,
  feature: number,
  { count }: FeatureLayout,
  histogram: Float64Array,
  first: number,
  leaf: LeafSums,
  unsplit: number,
  rules: SplitRules,
): void {
  const named = count - 1;
  const least = leastHessian(leaf, rules);
  const rowsOf = (hessian: number): number => (hessian * leaf.rows) / leaf.hessian;
  const isFit = (hessian: number): boolean => hessian >= least && leaf.hessian - hessian >= least;
  const take = (bins: Iterable<number>): void => {
    best.feature = feature;
    best.bin = -1;
    best.restLeft = false;
    best.set.fill(0);
    for (const bin of bins) best.set[bin >>> 5] |= 1 << (bin & 31);
  };
  const gradientOf = (bin: number): number => histogram[first + perBin * bin];
  const hessianOf = (bin: number): number => histogram[first + perBin * bin + 1];

  if (named <= oneByOne) {
    for (let bin = 0; bin < named; bin++)
      if (isFit(hessianOf(bin)))
        if (offerSplit(best, leaf, unsplit, gradientOf(bin), hessianOf(bin), rules.l2, 0)) take([bin]);
    return;
  }
  const ratio = (bin: number): number => gradientOf(bin) / (hessianOf(bin) + smoothing);
  const sorted = Array.from({ length: named }, (_, bin) => bin)
    .filter(bin => rowsOf(hessianOf(bin)) >= smoothing)
    .sort((a, b) => ratio(a) - ratio(b) || a - b);
  const l2 = rules.l2 + categoryL2;
  const most = Math.min(mostNamed, (sorted.length + 1) >>> 1);
  for (const order of [sorted, sorted.toReversed()]) {
    let [gradient, hessian, since] = [0, 0, 0];
    for (let i = 0; i < most; i++) {
      gradient += gradientOf(order[i]);
      hessian += hessianOf(order[i]);
      since += rowsOf(hessianOf(order[i]));
      if (hessian < least) continue;
      if (!isFit(hessian) || rowsOf(leaf.hessian - hessian) < leastStep) break;
      if (since < leastStep) continue;
      since = 0;
      if (offerSplit(best, leaf, unsplit, gradient, hessian, l2, 0)) take(order.slice(0, i + 1));
    }
  }
}
