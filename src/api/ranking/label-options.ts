import { type LabelRules, labelRulesSchema } from '../../config/labels.js';
import { didYouMean } from '../../errors/nearest.js';
import { TandemError } from '../../errors/tandem-error.js';

/** Settings that stand for themselves; gains have a flag of their own. */
const defaults = Object.entries(labelRulesSchema.parse(undefined)).filter(([key]) => key !== 'gains');
const settings = defaults.map(([key]) => key);
const numbers = defaults.filter(([, value]) => typeof value === 'number').map(([key]) => key);

/**
 * Settings of labels as they are typed.
 * @param typed  `maxWeight=20`
 * @param gains  `click=1,cart=3,order=4`; those of a shop when absent
 * @param under  what holds where nothing was typed
 * @throws TandemError 'config/unknown-key' | 'config/bad-value'
 */
export function readLabelRules(
  typed: readonly string[],
  gains: string | undefined,
  under: Partial<Pick<LabelRules, 'windowHours' | 'maxSessionEvents'>> = {},
): LabelRules {
  const given: Record<string, unknown> = { ...under };
  for (const setting of typed) {
    const [key, value] = partedAt(setting.indexOf('='), setting);
    if (!settings.includes(key))
      throw new TandemError(
        'config/unknown-key',
        `--set ${setting}: unknown key${didYouMean(key, settings)}; there are: ${settings.join(' ')}`,
      );
    given[key] = numbers.includes(key) ? Number(value.trim() || Number.NaN) : value;
  }
  if (gains !== undefined) given.gains = gains.split(',').map(gainOf);
  const parsed = labelRulesSchema.safeParse(given);
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    if (path[0] === 'gains') throw badGains(message);
    throw new TandemError('config/bad-value', `${path.join('.')}: ${message}`);
  }
  checkTypes(parsed.data);
  return parsed.data;
}

function gainOf(part: string): { type: string; gain: number } {
  const [type, gain] = partedAt(part.lastIndexOf('='), part);
  if (type.trim() === '' || !/^\d+$/.test(gain.trim()))
    throw badGains(`expected TYPE=N, such as click=1,cart=3,order=4, got "${part}"`);
  return { type: type.trim(), gain: Number(gain) };
}

const badGains = (reason: string): TandemError =>
  new TandemError('config/bad-value', `gains: ${reason}`, { option: 'gains' });

const partedAt = (at: number, text: string): [key: string, value: string] => [
  text.slice(0, Math.max(0, at)),
  text.slice(at + 1),
];

function checkTypes({ search, impression, gains }: LabelRules): void {
  const types = [search, impression, ...gains.map(({ type }) => type)];
  const twice = types.find((type, i) => types.indexOf(type) !== i);
  if (twice !== undefined)
    throw new TandemError('config/bad-value', `the type ${twice} is named twice: ${types.join(', ')}`);
}
