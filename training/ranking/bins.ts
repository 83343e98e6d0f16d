import { type Random, shuffle } from '../../src/math/random.js';
import type { EnsembleFeature } from '../../src/ranking/trees/ensemble.js';

/** How the values of one feature are put into bins 0 .. count - 1; the last one holds what is missing, where `hasRest`. */
export interface FeatureBins {
  readonly kind: EnsembleFeature['kind'];
  readonly count: number;
  /** numbers: a value was missing; categories: always, the bin of what is missing or rare */
  readonly hasRest: boolean;
  /** numbers, ascending: bin b holds values up to bounds[b], and the last one what is above all bounds */
  readonly bounds: Float64Array;
  /** categories: that of each bin but the last */
  readonly categories: Int32Array;
}

/** Values that bins are found from at most, and that a bin of numbers holds at least: as in LightGBM. */
const sampleSize = 200_000;
const leastValues = 3;

/** Rows that bins are found from, each once: all, or as many as a sample has. */
export function sampleRows(rows: number, random: Random): Uint32Array {
  const all = Uint32Array.from({ length: rows }, (_, row) => row);
  return rows <= sampleSize ? all : shuffle(all, random).slice(0, sampleSize).sort();
}

/**
 * Bins of about as many rows each (quantiles); values that are frequent by themselves have a bin of their own.
 * @param column  by row, finite or NaN
 * @param most    bins at most, that of missing values included
 */
export function findBins(
  kind: EnsembleFeature['kind'],
  column: Float32Array,
  sample: Uint32Array,
  most: number,
): FeatureBins {
  const sorted = new Float32Array(sample.length);
  for (let i = 0; i < sorted.length; i++) sorted[i] = column[sample[i]];
  sorted.sort();
  const hasMissing = holdsNaN(column);
  const { values, counts } = distinct(sorted);
  if (kind === 'category') {
    const categories = commonCategories(values, counts, most - 1);
    return { kind, count: categories.length + 1, hasRest: true, bounds: new Float64Array(0), categories };
  }
  const bounds = Float64Array.from(boundsBetween(values, counts, hasMissing ? most - 1 : most));
  const count = bounds.length + (hasMissing ? 2 : 1);
  return { kind, count, hasRest: hasMissing, bounds, categories: new Int32Array(0) };
}

function holdsNaN(column: Float32Array): boolean {
  for (let row = 0; row < column.length; row++) if (Number.isNaN(column[row])) return true;
  return false;
}

/** Values of a sorted list and how often each occurs; NaN, which stands last, is none. */
function distinct(sorted: Float32Array): { values: number[]; counts: number[] } {
  const values: number[] = [];
  const counts: number[] = [];
  for (const value of sorted) {
    if (Number.isNaN(value)) break;
    if (value === values.at(-1)) counts[counts.length - 1]++;
    else {
      values.push(value);
      counts.push(1);
    }
  }
  return { values, counts };
}

/** LightGBM's greedy quantiles (`GreedyFindBin`): a value with as many rows as a bin should have gets its own, the others share what is left. */
function boundsBetween(values: readonly number[], counts: readonly number[], most: number): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const few = values.length <= most;
  const isBig = counts.map(count => !few && count >= total / most);
  let binsLeft = most - isBig.filter(Boolean).length;
  let rowsLeft = counts.reduce((sum, count, i) => sum + (isBig[i] ? 0 : count), 0);
  let size = few ? leastValues : rowsLeft / binsLeft;
  const bounds: number[] = [];
  let held = 0;
  for (let i = 0; i < values.length - 1; i++) {
    held += counts[i];
    if (!isBig[i]) rowsLeft -= counts[i];
    if (!(isBig[i] || held >= size || (isBig[i + 1] && held >= Math.max(1, size / 2)))) continue;
    if (bounds.length === most - 1) break;
    bounds.push((values[i] + values[i + 1]) / 2);
    held = 0;
    if (!few && !isBig[i]) size = rowsLeft / --binsLeft;
  }
  return bounds;
}

/** The most frequent categories, the smaller number first where they are equally frequent. */
function commonCategories(values: readonly number[], counts: readonly number[], most: number): Int32Array {
  const order = Array.from(values.keys()).sort((a, b) => counts[b] - counts[a] || values[a] - values[b]);
  return Int32Array.from(order.slice(0, most), i => values[i]);
}

/** The bin of each row. @param put  called in the order of rows */
export function assignBins(bins: FeatureBins, column: Float32Array, put: (row: number, bin: number) => void): void {
  const rest = bins.count - 1;
  if (bins.kind === 'category') {
    const places = new Map(Array.from(bins.categories, (category, bin) => [category, bin]));
    for (let row = 0; row < column.length; row++) put(row, places.get(column[row]) ?? rest);
    return;
  }
  const { bounds } = bins;
  const starts = startsByKey(bounds);
  const bits = new Uint32Array(column.length);
  new Float32Array(bits.buffer).set(column);
  for (let row = 0; row < column.length; row++) {
    const value = column[row];
    if (Number.isNaN(value)) {
      put(row, rest);
      continue;
    }
    const key = keyOf(bits[row]);
    let [low, high] = [starts[key], starts[key + 1]];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (bounds[middle] < value) low = middle + 1;
      else high = middle;
    }
    put(row, low);
  }
}

/** The upper half of a float32, so turned that greater numbers have greater keys. */
const keyOf = (bits: number): number => (bits & 0x80000000 ? ~bits >>> 16 : (bits >>> 16) | 0x8000);

/** By key: bounds below the least number of that key; so the bin of a number lies between those of its key and the next. */
function startsByKey(bounds: Float64Array): Uint16Array {
  const starts = new Uint16Array(0x10001).fill(bounds.length);
  const number = new DataView(new ArrayBuffer(4));
  let bound = 0;
  for (let key = 0; key < 0x10000; key++) {
    number.setUint32(0, key & 0x8000 ? (key & 0x7fff) << 16 : ~(key << 16));
    const least = number.getFloat32(0);
    if (Number.isNaN(least)) {
      starts[key] = bound;
      continue;
    }
    while (bound < bounds.length && bounds[bound] < least) bound++;
    starts[key] = bound;
  }
  return starts;
}
