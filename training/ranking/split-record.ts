import type { SplitRules } from './workspace.js';

/** A leaf that may be split: sums over its rows, and the bounds that monotone splits above it have set. */
export interface LeafSums {
  readonly gradient: number;
  readonly hessian: number;
  readonly rows: number;
  readonly low: number;
  readonly high: number;
}

/** Where the numbers of a split stand in its record; a record of gain 0 is none. */
export const at = {
  gain: 0,
  feature: 1,
  /** numbers: the last bin that goes left */
  bin: 2,
  /** numbers: whether what is missing goes left */
  restLeft: 3,
  gradient: 4,
  hessian: 5,
  leftValue: 6,
  rightValue: 7,
  /** categories: eight words of bins that go left */
  set: 8,
} as const;

export const splitLength = 16;

/** Gains that rounding makes of nothing are below it, as a share of what both sides have. */
const leastGain = 1e-12;

/**
 * Value of a leaf: - G / (H + l2), within the bounds of monotone splits above it.
 * Chen & Guestrin, XGBoost (KDD 2016), equation 5.
 */
export const leafValue = (gradient: number, hessian: number, l2: number, low: number, high: number): number =>
  hessian + l2 <= 0 ? Math.min(high, Math.max(low, 0)) : Math.min(high, Math.max(low, -gradient / (hessian + l2)));

/** What a leaf of that value takes off twice the loss, to the second order: - (2 G w + (H + l2) w^2); G^2 / (H + l2) where the value is free. */
export const leafGain = (gradient: number, hessian: number, l2: number, value: number): number =>
  -(2 * gradient * value + (hessian + l2) * value * value);

/** A best split so far: takes better ones; of equal ones the first stays. */
export interface BestSplit {
  /** of what is kept; 0 at first */
  gain: number;
  feature: number;
  bin: number;
  restLeft: boolean;
  gradient: number;
  hessian: number;
  leftValue: number;
  rightValue: number;
  readonly set: Uint32Array;
}

export const noSplit = (): BestSplit => ({
  gain: 0,
  feature: -1,
  bin: 0,
  restLeft: false,
  gradient: 0,
  hessian: 0,
  leftValue: 0,
  rightValue: 0,
  set: new Uint32Array(8),
});

/** Hessian that each side of a split has at least: that of `minLeaf` rows of the leaf's mean hessian, as LightGBM counts them. */
export const leastHessian = ({ hessian, rows }: LeafSums, { minLeaf, minHessian }: SplitRules): number =>
  Math.max(minHessian, (minLeaf * hessian) / rows);

/** What the leaf is worth unsplit. */
export function unsplitGain({ gradient, hessian, low, high }: LeafSums, { l2 }: SplitRules): number {
  return leafGain(gradient, hessian, l2, leafValue(gradient, hessian, l2, low, high));
}

/**
 * Offers a split by the sums of its left side. @returns whether it is better than what was best
 * @param l2  of both sides: categories have more than the leaf itself
 */
export function offerSplit(
  best: BestSplit,
  leaf: LeafSums,
  unsplit: number,
  gradient: number,
  hessian: number,
  l2: number,
  monotone: -1 | 0 | 1,
): boolean {
  const [otherGradient, otherHessian] = [leaf.gradient - gradient, leaf.hessian - hessian];
  const left = leafValue(gradient, hessian, l2, leaf.low, leaf.high);
  const right = leafValue(otherGradient, otherHessian, l2, leaf.low, leaf.high);
  if (monotone * (right - left) < 0) return false;
  const sides = leafGain(gradient, hessian, l2, left) + leafGain(otherGradient, otherHessian, l2, right);
  const gain = sides - unsplit;
  if (gain <= best.gain || gain <= leastGain * sides) return false;
  best.gain = gain;
  best.gradient = gradient;
  best.hessian = hessian;
  best.leftValue = left;
  best.rightValue = right;
  return true;
}

export function writeSplit(best: BestSplit, record: Float64Array, from: number): void {
  record[from + at.gain] = best.gain;
  record[from + at.feature] = best.feature;
  record[from + at.bin] = best.bin;
  record[from + at.restLeft] = best.restLeft ? 1 : 0;
  record[from + at.gradient] = best.gradient;
  record[from + at.hessian] = best.hessian;
  record[from + at.leftValue] = best.leftValue;
  record[from + at.rightValue] = best.rightValue;
  record.set(best.set, from + at.set);
}

export const readSplit = (record: Float64Array, from: number): BestSplit => ({
  gain: record[from + at.gain],
  feature: record[from + at.feature],
  bin: record[from + at.bin],
  restLeft: record[from + at.restLeft] === 1,
  gradient: record[from + at.gradient],
  hessian: record[from + at.hessian],
  leftValue: record[from + at.leftValue],
  rightValue: record[from + at.rightValue],
  set: Uint32Array.from(record.subarray(from + at.set, from + splitLength)),
});
