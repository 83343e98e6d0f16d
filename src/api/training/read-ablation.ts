import type { AblationPlan, Variant } from '../../../training/ablation/variants.js';
import { applyChanges } from '../../../training/ablation/variants.js';
import { type AblationFile, ablationKeys, ablationSchema } from '../../config/ablation.js';
import type { Config } from '../../config/schema.js';
import type { Tree } from '../../config/tree.js';
import { didYouMean } from '../../errors/nearest.js';
import { TandemError } from '../../errors/tandem-error.js';
import { type ConfigFlags, layConfig, parseConfig, readConfigFile } from '../project/read-config.js';

/**
 * What an ablation trains: from a file of a base and variants, or from a plain configuration, which is then the base of the default
 * variants. --preset and --set act on the base. Every variant is checked.
 * @throws TandemError 'config/unknown-key' | 'config/bad-value', naming the variant | 'data/not-found'
 */
export async function readAblation({ config: path, ...flags }: ConfigFlags): Promise<AblationPlan> {
  return planOf(path === undefined ? {} : await readConfigFile(path), flags);
}

/** The same with the content of the file in hand. */
export function planOf(content: Tree, { preset, set }: Omit<ConfigFlags, 'config'>): AblationPlan {
  const file = ablationKeys.some(key => Object.hasOwn(content, key))
    ? parseAblation(content)
    : ablationSchema.parse({ config: content });
  const config = layConfig({ preset: preset ?? file.preset, set }, file.config);
  return {
    base: { name: file.baseName, changes: {}, config },
    variants: file.variants?.map(variant => variantOf(config, variant)),
    seeds: file.seeds ?? [config.seed],
  };
}

function parseAblation(content: Tree): AblationFile {
  const result = ablationSchema.safeParse(content);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = issue.path.map(String);
  if (issue.code !== 'unrecognized_keys') {
    const name = path.join('.');
    throw new TandemError('config/bad-value', `${name}: ${issue.message}`, { key: name });
  }
  const name = [...path, issue.keys[0]].join('.');
  const known = path.length === 0 ? ablationKeys : ['name', 'set'];
  throw new TandemError('config/unknown-key', `unknown key "${name}"${didYouMean(issue.keys[0], known)}`, {
    key: name,
  });
}

function variantOf(base: Config, { name, set }: NonNullable<AblationFile['variants']>[number]): Variant {
  try {
    return { name, changes: set, config: parseConfig(applyChanges(base, set)) };
  } catch (error) {
    if (!(error instanceof TandemError)) throw error;
    throw new TandemError(error.code, `variant "${name}": ${error.message}`, error.details, { cause: error });
  }
}
