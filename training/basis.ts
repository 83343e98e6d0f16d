import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { PreparedData } from '../data/prepared.js';
import type { Config } from '../src/config/schema.js';
import { isTree } from '../src/config/tree.js';
import type { Corpus } from './corpus.js';

/** All that decides what a run learns, by name: a setting by its dotted key, a file or a model by its hash. A checkpoint goes on with these alone. */
export type Basis = Readonly<Record<string, unknown>>;

/**
 * Settings that decide nothing of what is learnt, so that an interrupted run may go on with others: how it is carried out, and where a
 * model lies that it learns from, which is known by its hash.
 */
const withoutSay = new Set([
  'training.engine',
  'training.provider',
  'training.threads',
  'training.checkpointSeconds',
  'training.from',
  'training.teacher.model',
  'textEncoder.import',
]);

/** The settings among these parts of the configuration that decide what is learnt, by dotted key; a list is one setting. */
export const settingsBasis = (config: Config, parts: readonly (keyof Config)[]): Basis =>
  Object.fromEntries(parts.flatMap(part => leaves(part, config[part])).filter(([key]) => !withoutSay.has(key)));

const leaves = (key: string, value: unknown): [string, unknown][] =>
  isTree(value) ? Object.entries(value).flatMap(([name, below]) => leaves(`${key}.${name}`, below)) : [[key, value]];

/**
 * What two towers are learnt from.
 * @param models  identities of the models that training begins with and of the teachers
 */
export function trainingBasis(
  { config, documents }: Corpus,
  data: PreparedData,
  models: readonly (string | undefined)[],
): Basis {
  const files = Object.entries(data.manifest.files).map(([name, { sha256 }]) => [name, sha256]);
  const images = createHash('sha256');
  // image vectors are no part of the prepared data
  for (const features of documents.flat()) {
    if (!(features instanceof Int32Array)) for (const image of features) images.update(image);
  }
  return {
    ...settingsBasis(config, ['seed', 'towers', 'textEncoder', 'pseudoQueries', 'training']),
    ...Object.fromEntries(files),
    'models that are learnt from': models.map(id => id ?? null),
    'image vectors': images.digest('hex'),
  };
}

/** Names of what differs, in the order of the second. */
export function differences(before: Basis, now: Basis): string[] {
  const names = new Set([...Object.keys(now), ...Object.keys(before)]);
  return [...names].filter(name => !isDeepStrictEqual(before[name], now[name]));
}

export const basisId = (basis: Basis): string => createHash('sha256').update(JSON.stringify(basis)).digest('hex');
