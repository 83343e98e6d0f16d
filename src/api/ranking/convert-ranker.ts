import { readFile } from 'node:fs/promises';
import { tandemVersion } from '../../config/version.js';
import { TandemError } from '../../errors/tandem-error.js';
import { writeWhole } from '../../files/atomic.js';
import { aboutFeature } from '../../ranking/features/catalogue.js';
import { popularityFeature } from '../../ranking/features/popularity.js';
import { readLightGbmJson } from '../../ranking/formats/read-lightgbm-json.js';
import { readLightGbmText } from '../../ranking/formats/read-lightgbm-text.js';
import { readXgboostJson } from '../../ranking/formats/read-xgboost-json.js';
import { writeLightGbmText } from '../../ranking/formats/write-lightgbm-text.js';
import { readRanker, writeRanker } from '../../ranking/learned/ranker-file.js';
import type { TreeEnsemble } from '../../ranking/trees/ensemble.js';
import type { Watch } from '../watch.js';

/** Bytes of a file that is read at most. */
const mostBytes = 512 * 2 ** 20;

export const rankerFormats = ['lightgbm-text', 'lightgbm-json', 'xgboost-json'] as const;
export type RankerFormat = (typeof rankerFormats)[number];

async function readBounded(path: string): Promise<string> {
  const text = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new TandemError('ranker/not-found', `${path}: cannot be read (${error.code})`, { path }, { cause: error });
  });
  if (text.length > mostBytes)
    throw new TandemError('ranker/too-large', `${path}: ${text.length} bytes, more than ${mostBytes}`);
  return text.toString('utf8');
}

/** Tells by what a file looks like who wrote it. */
function readForeign(path: string, text: string): { readonly format: RankerFormat; readonly trees: TreeEnsemble } {
  if (!text.trimStart().startsWith('{')) return { format: 'lightgbm-text', trees: readLightGbmText(text) };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new TandemError(
      'ranker/damaged',
      `${path}: not JSON: ${(error as Error).message}`,
      { path },
      { cause: error },
    );
  }
  const isXgboost = typeof json === 'object' && json !== null && 'learner' in json;
  return isXgboost
    ? { format: 'xgboost-json', trees: readXgboostJson(json) }
    : { format: 'lightgbm-json', trees: readLightGbmJson(json) };
}

/** A name in the signs that LightGBM keeps: `relative:price/category` is `relative.price..category` there. */
const foreignName = (name: string): string => name.replace(':', '.').replace('/', '..');

/** The name of a feature here: as it stands, or as `foreignName` made it. */
function ownName(name: string): string {
  if (aboutFeature(name) !== undefined) return name;
  const own = name.replace('.', ':').replace('..', '/');
  return aboutFeature(own) === undefined ? name : own;
}

/**
 * Trees of LightGBM or XGBoost as a ranker. Their features must bear names of features of Tandem, or those that were given for `rank rows`.
 * @param names  of the features in their order, where the file has others
 * @throws TandemError 'ranker/*' | 'files/*'
 */
export async function importRanker({
  from,
  out,
  depth,
  names,
}: {
  readonly from: string;
  readonly out: string;
  readonly depth: number;
  readonly names?: readonly string[];
}): Promise<{
  readonly out: string;
  readonly format: RankerFormat;
  readonly trees: number;
  readonly features: readonly string[];
}> {
  const { format, trees: read } = readForeign(from, await readBounded(from));
  if (names !== undefined && names.length !== read.features.length)
    throw new TandemError(
      'ranker/damaged',
      `${from}: ${read.features.length} features, and ${names.length} names were given`,
    );
  const features = read.features.map((feature, i) => ({ ...feature, name: names?.[i] ?? ownName(feature.name) }));
  if (features.some(({ name }) => name === popularityFeature))
    throw new TandemError(
      'ranker/unsupported',
      `${from}: it asks for popularity, which lies beside the trees and is not in this file; train it with --popularity no`,
    );
  for (const { name } of features)
    if (aboutFeature(name) === undefined)
      throw new TandemError(
        'ranker/unknown-feature',
        `${from}: no feature of Tandem is called ${name}; give all names in their order with --feature`,
      );
  const trees = { ...read, features };
  await writeRanker(out, { tandem: tandemVersion(), created: new Date().toISOString(), depth, trees });
  return { out, format, trees: trees.trees.length, features: features.map(({ name }) => name) };
}

/** Signs that LightGBM does not keep in names. */
const lostSigns = /[^\p{L}\p{N}_.-]/u;

/** The trees of a ranker as the text that LightGBM reads. @throws TandemError 'ranker/*' | 'files/*' */
export async function exportRanker(
  { ranker, out }: { readonly ranker: string; readonly out: string },
  watch: Pick<Watch, 'warn'>,
): Promise<{ readonly out: string; readonly trees: number; readonly features: readonly string[] }> {
  const { trees, popularity, deep } = await readRanker(ranker);
  const features = trees.features.map(({ name }) => name);
  const lost = features.filter(name => lostSigns.test(foreignName(name)));
  if (lost.length > 0)
    watch.warn(
      `${out}: LightGBM does not keep the signs of ${lost.join(', ')}; \`rank import\` needs all names by --feature then`,
    );
  if (popularity !== undefined || deep !== undefined)
    watch.warn(
      `${out}: it holds the trees alone, without ${deep === undefined ? 'popularity' : 'the network behind them'}`,
    );
  const named = trees.features.map(feature => ({ ...feature, name: foreignName(feature.name) }));
  await writeWhole(out, writeLightGbmText({ ...trees, features: named }));
  return { out, trees: trees.trees.length, features };
}
