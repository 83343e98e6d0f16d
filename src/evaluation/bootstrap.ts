import { TandemError } from '../errors/tandem-error.js';
import { seededRandom } from '../math/random.js';

/** A mean with the ends of its interval. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  readonly seed: number;
  /** resamples, >= 40; default 2000 */
  readonly samples?: number;
  /** part of the resampled means between the ends, in (0, 1); default .95 */
  readonly confidence?: number;
}

/**
 * Percentile bootstrap interval of a mean: values drawn n at a time with replacement, the means sorted,
 * (1 - confidence) / 2 of them cut off at each end. The same seed gives the same interval.
 * Source: Efron & Tibshirani, An Introduction to the Bootstrap (1993), 13.3.
 * @param values  [n], one figure for each query
 * @throws TandemError 'evaluation/no-queries' (no values), 'usage/bad-value'
 */
export function bootstrapMean(values: readonly number[], options: BootstrapOptions): Interval {
  const { seed, samples = 2000, confidence = 0.95 } = options;
  if (values.length === 0) throw new TandemError('evaluation/no-queries', 'bootstrap: no values to take a mean of');
  if (!(Number.isInteger(samples) && samples >= 40)) {
    throw new TandemError(
      'usage/bad-value',
      `bootstrap: samples must be a whole number of at least 40, got ${samples}`,
    );
  }
  if (!(confidence > 0 && confidence < 1)) {
    throw new TandemError('usage/bad-value', `bootstrap: confidence must lie in (0, 1), got ${confidence}`);
  }
  const means = resampledMeans(Float64Array.from(values), samples, seed).sort();
  // the half-millionth keeps .05 / 2 * 2000 from falling to 49
  const cut = Math.floor(((1 - confidence) / 2) * samples + 5e-7);
  return { mean: meanOf(values), low: means[cut], high: means[samples - 1 - cut] };
}

function resampledMeans(values: Float64Array, samples: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  const means = new Float64Array(samples);
  for (let sample = 0; sample < samples; sample++) {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[random.below(values.length)];
    means[sample] = sum / values.length;
  }
  return means;
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
