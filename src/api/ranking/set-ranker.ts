import { readFile } from 'node:fs/promises';
import { TandemError } from '../../errors/tandem-error.js';
import { portableFeatures } from '../../ranking/features/catalogue.js';
import { openDeepRanker } from '../../ranking/learned/deep-ranker.js';
import { parseRanker } from '../../ranking/learned/ranker-file.js';
import { setRanker } from '../../search/index-ranker.js';
import { readManifest } from '../../search/manifest.js';
import { whileClaimed } from '../../search/tuned-fusion.js';
import { checkOptions, path, watch } from '../check-options.js';
import { type BackendChoice, clusterPlace } from '../indexes/cluster-place.js';
import { openScorer } from '../indexes/open-search.js';
import type { Watched } from '../options.js';
import type { Watch } from '../watch.js';
import { writeWatched } from '../write-watched.js';

/**
 * Gives an index the ranker of a file, or takes its own away. A process that serves it without writing takes it over.
 * @returns sha256 of the ranker; null where there is none now
 * @throws TandemError 'index/locked' where another process writes to it, 'index/no-vectors', 'index/*', 'ranker/*', 'files/*', 'cluster/*'
 */
export async function setIndexRanker(
  index: string,
  file: string | undefined,
  watch: Pick<Watch, 'warn'>,
  choice: BackendChoice = {},
): Promise<string | null> {
  const place = clusterPlace(index, choice);
  if (place === undefined) {
    const { modelId } = await readManifest(index);
    const text = file === undefined ? undefined : await readRankerFor({ index, modelId }, file, watch);
    return (await whileClaimed(index, () => setRanker(index, text))).ranker ?? null;
  }
  const { withActiveGeneration } = await import('../../../serving/backends/opensearch/generations.js');
  const { storeRanker } = await import('../../../serving/backends/opensearch/choices.js');
  return withActiveGeneration(place, async ({ cluster, names, meta }) => {
    const text = file === undefined ? undefined : await readRankerFor({ index, modelId: meta.modelId }, file, watch);
    return (await storeRanker(cluster, names, meta, text)) ?? null;
  });
}

/** The text of a ranker that an index of a model can have; what speaks against it is told. */
async function readRankerFor(
  { index, modelId }: { readonly index: string; readonly modelId: string | null },
  file: string,
  watch: Pick<Watch, 'warn'>,
): Promise<string> {
  if (modelId === null)
    throw new TandemError(
      'index/no-vectors',
      `${index}: a ranker orders the hits of both sides, and this index has no vectors`,
    );
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new TandemError(
      'ranker/not-found',
      `${file}: cannot be read (${error.code})`,
      { path: file },
      { cause: error },
    );
  });
  const { learnt, trees, deep } = parseRanker(file, text);
  if (deep !== undefined) await (await openDeepRanker(deep, openScorer)).close();
  const isPortable = trees.features.every(({ name }) => portableFeatures.includes(name));
  if (learnt !== undefined && learnt.modelId !== modelId && !isPortable)
    watch.warn(
      `${file}: it learnt from the cosines of another model; measure it by \`tandem rank evaluate\`, or train one with --portable, which fits any index`,
    );
  const [before, after] = [learnt?.before?.['nDCG@10'], learnt?.after?.['nDCG@10']];
  if (before !== undefined && after !== undefined && after <= before)
    watch.warn(
      `${file}: on its validation queries it is no better than the first ranking (nDCG@10 ${after.toFixed(4)}, without it ${before.toFixed(4)}); \`tandem rank set --remove\` takes it away`,
    );
  return text;
}

/** What `setRanker` of the library does. The index guards itself: it is claimed while it is changed. */
export async function setRankerOf(folder: string, ranker: string | null, options: Watched): Promise<void> {
  checkOptions('setRanker', { folder, ranker, ...options }, { folder: path, ranker: path.nullable(), watch });
  await writeWatched([], options.watch, watching => setIndexRanker(folder, ranker ?? undefined, watching));
}
