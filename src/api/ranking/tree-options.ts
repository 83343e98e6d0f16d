import { type LambdaMartOptions, lambdaMartSchema } from '../../config/ranking.js';
import { didYouMean } from '../../errors/nearest.js';
import { TandemError } from '../../errors/tandem-error.js';

export { portableFeatures } from '../../ranking/features/catalogue.js';

/**
 * What suits candidates of queries better than what suits any rows: chosen on Home Depot validation queries, 4,509 to learn from (nDCG@10 .4572; .4531 by the
 * defaults of LightGBM with half of them).
 */
export const usualTrees = { learningRate: 0.1, minLeaf: 100, featureShare: 0.6 };

/**
 * Settings of the trees as they are typed, `leaves=15`.
 * @throws TandemError 'config/unknown-key' | 'config/bad-value'
 */
export function readTreeOptions(typed: readonly string[]): LambdaMartOptions {
  const known = Object.keys(lambdaMartSchema.parse(undefined));
  const given: Record<string, number> = { ...usualTrees };
  for (const setting of typed) {
    const equals = setting.indexOf('=');
    const [key, value] = [setting.slice(0, Math.max(0, equals)), setting.slice(equals + 1)];
    if (!known.includes(key))
      throw new TandemError(
        'config/unknown-key',
        `--set ${setting}: unknown key${didYouMean(key, known)}; there are: ${known.join(' ')}`,
      );
    given[key] = value.trim() === '' ? Number.NaN : Number(value);
  }
  const parsed = lambdaMartSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  throw new TandemError('config/bad-value', `${path.join('.')}: ${message}`);
}
