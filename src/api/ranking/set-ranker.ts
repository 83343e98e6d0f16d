import { readFile } from 'node:fs/promises';
import { TandemError } from '../../errors/tandem-error.js';
import { portableFeatures } from '../../ranking/features/catalogue.js';
import { parseRanker } from '../../ranking/learned/ranker-file.js';
import { setRanker } from '../../search/index-ranker.js';
import { type Manifest, readManifest } from '../../search/manifest.js';
import { whileClaimed } from '../../search/tuned-fusion.js';
import type { Watch } from '../watch.js';

/**
 * Gives an index the ranker of a file, or takes its own away. A process that serves it without writing takes it over.
 * @throws TandemError 'index/locked' where another process writes to it, 'index/no-vectors', 'index/*', 'ranker/*', 'files/*'
 */
export async function setIndexRanker(
  folder: string,
  path: string | undefined,
  watch: Pick<Watch, 'warn'>,
): Promise<Manifest> {
  const { modelId } = await readManifest(folder);
  if (path === undefined) return whileClaimed(folder, () => setRanker(folder, undefined));
  if (modelId === null)
    throw new TandemError(
      'index/no-vectors',
      `${folder}: a ranker orders the hits of both sides, and this index has no vectors`,
    );
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new TandemError('ranker/not-found', `${path}: cannot be read (${error.code})`, { path }, { cause: error });
  });
  const { learnt, trees } = parseRanker(path, text);
  const isPortable = trees.features.every(({ name }) => portableFeatures.includes(name));
  if (learnt !== undefined && learnt.modelId !== modelId && !isPortable)
    watch.warn(
      `${path}: it learnt from the cosines of another model; measure it by \`tandem rank evaluate\`, or train one with --portable, which fits any index`,
    );
  return whileClaimed(folder, () => setRanker(folder, text));
}
