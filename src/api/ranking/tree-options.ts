import type { z } from 'zod';
import { type DeepOptions, deepSchema, type LambdaMartOptions, lambdaMartSchema } from '../../config/ranking.js';
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
export const readTreeOptions = (typed: readonly string[]): LambdaMartOptions =>
  readSettings('--set', lambdaMartSchema, typed, usualTrees);

/** Settings of the network behind the trees, `depth=30`. @throws TandemError as `readTreeOptions` */
export const readDeepOptions = (typed: readonly string[]): DeepOptions => readSettings('--deep-set', deepSchema, typed);

function readSettings<T extends object>(
  flag: string,
  schema: z.ZodType<T>,
  typed: readonly string[],
  usually: Readonly<Record<string, number>> = {},
): T {
  const known = Object.keys(schema.parse(undefined));
  const given: Record<string, number | string> = { ...usually };
  for (const setting of typed) {
    const equals = setting.indexOf('=');
    const [key, value] = [setting.slice(0, Math.max(0, equals)), setting.slice(equals + 1).trim()];
    if (!known.includes(key))
      throw new TandemError(
        'config/unknown-key',
        `${flag} ${setting}: unknown key${didYouMean(key, known)}; there are: ${known.join(' ')}`,
      );
    const number = value === '' ? Number.NaN : Number(value);
    given[key] = Number.isNaN(number) ? value : number;
  }
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  throw new TandemError('config/bad-value', `${path.join('.')}: ${message}`);
}
