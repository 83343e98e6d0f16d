import { TandemError } from '../errors/tandem-error.js';
import { seededRandom } from '../math/random.js';

export interface RandomisationOptions {
  readonly seed: number;
  /** random assignments of signs, >= 1; default 10,000 */
  readonly samples?: number;
}

/**
 * Paired two-sided randomisation test: if two systems were alike, the sign of each query's difference would be chance.
 * p = (1 + assignments of random signs whose |mean| reaches the observed one) / (1 + samples); the ones count the observed
 * assignment itself, so that p is never 0. Source: Smucker, Allan & Carterette (CIKM 2007); +1: Phipson & Smyth (2010).
 * @param differences  [n], figure of one system less that of the other, for each query
 * @returns p in [1 / (samples + 1), 1]; 1 where no query differs
 * @throws TandemError 'evaluation/no-queries' (no differences), 'usage/bad-value'
 */
export function randomisationTest(differences: readonly number[], options: RandomisationOptions): number {
  const { seed, samples = 10_000 } = options;
  if (differences.length === 0)
    throw new TandemError('evaluation/no-queries', 'randomisation test: no queries to compare');
  if (!(Number.isInteger(samples) && samples >= 1)) {
    throw new TandemError(
      'usage/bad-value',
      `randomisation test: samples must be a whole number of at least 1, got ${samples}`,
    );
  }
  // a difference of 0 is the same under either sign
  const nonZero = Float64Array.from(differences.filter(difference => difference !== 0));
  const observed = Math.abs(nonZero.reduce((sum, difference) => sum + difference, 0));
  // the same sum in another order may differ by rounding: that is a tie, not a smaller one
  const tolerance = 1e-12 * nonZero.reduce((sum, difference) => sum + Math.abs(difference), 0);
  const random = seededRandom(seed);
  let reached = 0;
  for (let sample = 0; sample < samples; sample++) {
    let sum = 0;
    for (let i = 0; i < nonZero.length; i++) sum += random.next() < 0.5 ? nonZero[i] : -nonZero[i];
    if (Math.abs(sum) >= observed - tolerance) reached++;
  }
  return (1 + reached) / (1 + samples);
}
