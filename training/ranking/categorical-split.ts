import { type BestSplit, type LeafSums, offerSplit } from './split-record.js';
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
 * @param histogram  [bins of the feature, 3] from `first` on
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
  const isFit = (hessian: number, rows: number): boolean => rows >= rules.minLeaf && hessian >= rules.minHessian;
  const take = (bins: Iterable<number>, rows: number): void => {
    best.feature = feature;
    best.rows = rows;
    best.bin = -1;
    best.restLeft = false;
    best.set.fill(0);
    for (const bin of bins) best.set[bin >>> 5] |= 1 << (bin & 31);
  };

  if (named <= oneByOne) {
    for (let bin = 0; bin < named; bin++) {
      const place = first + perBin * bin;
      const [gradient, hessian, rows] = [histogram[place], histogram[place + 1], histogram[place + 2]];
      if (!isFit(hessian, rows) || !isFit(leaf.hessian - hessian, leaf.rows - rows)) continue;
      if (offerSplit(best, leaf, unsplit, gradient, hessian, rules.l2, 0)) take([bin], rows);
    }
    return;
  }
  const ratio = (bin: number): number =>
    histogram[first + perBin * bin] / (histogram[first + perBin * bin + 1] + smoothing);
  const sorted = Array.from({ length: named }, (_, bin) => bin)
    .filter(bin => histogram[first + perBin * bin + 2] >= smoothing)
    .sort((a, b) => ratio(a) - ratio(b) || a - b);
  const l2 = rules.l2 + categoryL2;
  const most = Math.min(mostNamed, (sorted.length + 1) >>> 1);
  for (const order of [sorted, sorted.toReversed()]) {
    let [gradient, hessian, rows, since] = [0, 0, 0, 0];
    for (let i = 0; i < most; i++) {
      const place = first + perBin * order[i];
      gradient += histogram[place];
      hessian += histogram[place + 1];
      rows += histogram[place + 2];
      since += histogram[place + 2];
      if (!isFit(hessian, rows)) continue;
      if (!isFit(leaf.hessian - hessian, leaf.rows - rows) || leaf.rows - rows < leastStep) break;
      if (since < leastStep) continue;
      since = 0;
      if (offerSplit(best, leaf, unsplit, gradient, hessian, l2, 0)) take(order.slice(0, i + 1), rows);
    }
  }
}
