import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TandemError } from '../errors/tandem-error.js';
import { writeWhole } from '../files/atomic.js';
import { type DeepRanker, type OpenPairScorer, openDeepRanker } from '../ranking/learned/deep-ranker.js';
import { parseRanker, type RankerFile } from '../ranking/learned/ranker-file.js';
import { treeRanker } from '../ranking/learned/tree-ranker.js';
import type { SecondRanker } from '../ranking/second-ranker.js';
import { readManifestOf, writeManifestOf } from './generation.js';
import { generationFolder, type Manifest, manifestSchema, partNames } from './manifest.js';

/** The ranker of an index, ready to rank. */
export interface IndexRanker {
  readonly file: RankerFile;
  readonly second: SecondRanker;
  /** orders the first hits of `second` anew; absent where the file has none, or nothing that could run it was given */
  readonly deep?: DeepRanker;
}

/** What names a ranker: sha256 of the text of its file. */
export const rankerDigest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Where the ranker of an index lies; each in a file of its own, so that a reader of the old manifest finds the old one. */
const placeOf = (folder: string, generation: number, sha256: string): string =>
  join(generationFolder(folder, generation), `${partNames.ranker}.${sha256.slice(0, 12)}.json`);

/**
 * Gives an index a ranker, or takes it away, for searches opened from now on. The claim on the index is the caller's to hold.
 * @param text        of the file of a ranker; undefined takes it away
 * @param generation  whose ranker it is; the active one when absent
 * @throws TandemError 'index/*' | 'ranker/*' | 'files/*'; then the index is as it was
 */
export async function setRanker(folder: string, text: string | undefined, generation?: number): Promise<Manifest> {
  const { ranker: before, ...rest } = await readManifestOf(folder, generation);
  const sha256 = text === undefined ? undefined : rankerDigest(text);
  if (text !== undefined && sha256 !== undefined) {
    parseRanker('the ranker', text);
    await writeWhole(placeOf(folder, rest.generation, sha256), text);
  }
  const changed = manifestSchema.parse({ ...rest, ...(sha256 !== undefined && { ranker: sha256 }) });
  await writeManifestOf(folder, changed);
  if (before !== undefined && before !== sha256) await rm(placeOf(folder, rest.generation, before), { force: true });
  return changed;
}

/**
 * The ranker that a manifest names; null where it names none.
 * @param openScorer  runs the network of a ranker that has one; without it the trees rank alone
 * @throws TandemError 'index/damaged' naming the file
 */
export async function loadRanker(
  folder: string,
  { ranker: sha256, generation }: Manifest,
  openScorer?: OpenPairScorer,
): Promise<IndexRanker | null> {
  if (sha256 === undefined) return null;
  const path = placeOf(folder, generation, sha256);
  const damaged = (reason: string, cause?: unknown): TandemError =>
    new TandemError('index/damaged', `${path}: ${reason}`, { file: path }, { cause });
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw damaged(`cannot be read (${error.code})`, error);
  });
  if (rankerDigest(text) !== sha256) throw damaged('not the ranker that was written');
  try {
    return await readyRanker(path, text, openScorer);
  } catch (error) {
    throw damaged('this version cannot read the ranker', error);
  }
}

/**
 * A ranker from the text of its file.
 * @param path  what messages call it
 * @throws TandemError 'ranker/*'
 */
export async function readyRanker(path: string, text: string, openScorer?: OpenPairScorer): Promise<IndexRanker> {
  const file = parseRanker(path, text);
  const ranker = { file, second: treeRanker(file) };
  if (file.deep === undefined || openScorer === undefined) return ranker;
  return { ...ranker, deep: await openDeepRanker(file.deep, openScorer) };
}
