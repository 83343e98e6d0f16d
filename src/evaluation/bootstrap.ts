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
  const { samples, confidence } = checked(options);
  if (values.length === 0) throw new TandemError('evaluation/no-queries', 'bootstrap: no values to take a mean of');
  return {
    mean: meanOf(values),
    ...endsOf(resampledMeans(Float64Array.from(values), samples, options.seed), confidence),
  };
}

/**
 * Percentile bootstrap interval of a figure that is no mean, such as a pooled ROC AUC: n things drawn n at a time with replacement.
 * @param n         >= 1
 * @param statistic  how often each thing was drawn, [n] -> the figure; once each gives `mean`
 * @throws TandemError 'evaluation/no-queries' (n = 0), 'usage/bad-value'
 */
export function bootstrapStatistic(
  n: number,
  statistic: (drawn: Int32Array) => number,
  options: BootstrapOptions,
): Interval {
  const { samples, confidence } = checked(options);
  if (n === 0) throw new TandemError('evaluation/no-queries', 'bootstrap: nothing to draw from');
  const random = seededRandom(options.seed);
  const drawn = new Int32Array(n).fill(1);
  const mean = statistic(drawn);
  const figures = Float64Array.from({ length: samples }, () => {
    drawn.fill(0);
    for (let i = 0; i < n; i++) drawn[random.below(n)]++;
    return statistic(drawn);
  });
  return { mean, ...endsOf(figures, confidence) };
}

/** The options with their defaults. @throws TandemError 'usage/bad-value' */
function checked({ samples = 2000, confidence = 0.95 }: BootstrapOptions): { samples: number; confidence: number } {
  if (!(Number.isInteger(samples) && samples >= 40)) {
    throw new TandemError(
      'usage/bad-value',
      `bootstrap: samples must be a whole number of at least 40, got ${samples}`,
    );
  }
  if (!(confidence > 0 && confidence < 1)) {
    throw new TandemError('usage/bad-value', `bootstrap: confidence must lie in (0, 1), got ${confidence}`);
  }
  return { samples, confidence };
}

/** Cuts (1 - confidence) / 2 of the resampled figures off at each end; sorts them in place. */
function endsOf(figures: Float64Array, confidence: number): { low: number; high: number } {
  const sorted = figures.sort();
  // the half-millionth keeps .05 / 2 * 2000 from falling to 49
  const cut = Math.floor(((1 - confidence) / 2) * sorted.length + 5e-7);
  return { low: sorted[cut], high: sorted[sorted.length - 1 - cut] };
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
