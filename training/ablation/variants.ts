import type { PreparedData } from '../../data/prepared.js';
import type { ImageVectors } from '../../models/images/image-vectors.js';
import { type Config, configSchema } from '../../src/config/schema.js';
import { setAt, type Tree } from '../../src/config/tree.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { usableChannels } from '../corpus.js';

/** Dotted keys of the configuration with the values that they get. */
export type Changes = Readonly<Record<string, unknown>>;

/** A row of an ablation: the base, or the base with something changed. */
export interface Variant {
  readonly name: string;
  /** against the base; of the base none */
  readonly changes: Changes;
  /** whole; its seed is that of the base, each run puts its own in */
  readonly config: Config;
}

/** What an ablation trains. */
export interface AblationPlan {
  readonly base: Variant;
  /** absent = every channel left out, one at a time, and the other fusion: see leftOut */
  readonly variants?: readonly Variant[];
  readonly seeds: readonly number[];
}

/** The base with the changes laid on it, not checked yet. @throws TandemError 'config/bad-value' where a list has no such entry */
export function applyChanges(base: Config, changes: Changes): Tree {
  return Object.entries(changes).reduce<Tree>((tree, [key, value]) => {
    try {
      return setAt(tree, key, value);
    } catch (error) {
      throw new TandemError('config/bad-value', `${key}: ${(error as Error).message}`, { key }, { cause: error });
    }
  }, base);
}

/**
 * The variants of an ablation that names none: each channel of each tower left out, one at a time, and the other way of fusion.
 * Channels that the data has nothing for are no variants: every run is without them.
 * @throws TandemError 'config/bad-value' when the base has nothing that can be left out | 'training/no-examples'
 */
export function leftOut(base: Config, data: PreparedData, images?: ImageVectors): Variant[] {
  if (base.training.from !== '')
    throw new TandemError(
      'config/bad-value',
      'training.from: of a trained model nothing can be left out; name variants',
      {
        key: 'training.from',
      },
    );
  const { fusion, query, document } = usableChannels(base, data, images).config.towers;
  const channels = (tower: 'query' | 'document', all: readonly string[]) =>
    all.length < 2
      ? []
      : all.map(channel => ({ name: `without ${tower}.${channel}`, changes: without(base, tower, all, channel) }));
  const fusions =
    fusion === 'none' || query.length + document.length < 3
      ? []
      : [fusion === 'concat' ? 'attention' : 'concat'].map(other => ({
          name: `fusion ${other}`,
          changes: { 'towers.fusion': other },
        }));
  const variants = [...channels('query', query), ...channels('document', document), ...fusions];
  if (variants.length === 0) {
    throw new TandemError(
      'config/bad-value',
      'variants: each tower has one channel, so that there is nothing to leave out',
    );
  }
  return variants.map(({ name, changes }) => ({
    name,
    changes,
    config: configSchema.parse(applyChanges(base, changes)),
  }));
}

/** A channel that is left out of its tower has no loss of its own either. */
function without(base: Config, tower: 'query' | 'document', all: readonly string[], channel: string): Changes {
  const groups: readonly { readonly channels: readonly string[]; readonly weight: number }[] =
    base.training.gradientBlending[tower];
  const changes = { [`towers.${tower}`]: all.filter(other => other !== channel) };
  if (!groups.some(({ channels }) => channels.includes(channel))) return changes;
  const kept = groups
    .map(group => ({ ...group, channels: group.channels.filter(other => other !== channel) }))
    .filter(({ channels }) => channels.length > 0);
  return { ...changes, [`training.gradientBlending.${tower}`]: kept };
}
