import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { learntFrom } from '../../../models/manifest.js';
import { readModelManifest } from '../../../models/runtime/artefact.js';
import { addGeneration } from '../../search/add-generation.js';
import { usualWeights } from '../../search/fusion-prior.js';
import { partNames, readManifest } from '../../search/manifest.js';
import { checkOptions, path, watch } from '../check-options.js';
import { type BackendChoice, clusterPlace } from '../indexes/cluster-place.js';
import { openWithImages } from '../indexes/index-models.js';
import { tuneWeight } from '../indexes/tune-weight.js';
import type { AddGenerationOptions, GenerationInfo } from '../options.js';
import { judged, readJudged } from '../project/read-rows.js';
import type { Progress, Watch } from '../watch.js';
import { writeWatched } from '../write-watched.js';
import type { AddOptions } from './cluster-generations.js';
import { listGenerationsOf } from './list-generations.js';

/** What `tandem generation add` does. @throws as addGeneration of src/search, 'model/*' */
export async function addGenerationTo(
  folder: string,
  { model, tuneOn }: AddOptions,
  watch: Watch,
): Promise<GenerationInfo> {
  await readManifest(folder);
  const { manifest } = await readModelManifest(model);
  const { embedder, close } = await openWithImages(folder, model);
  const shown = showStages(watch);
  const { number } = await addGeneration(folder, {
    embedder,
    fusionWeight: usualWeights[learntFrom(manifest)],
    addParts: own => cp(model, join(own, partNames.model), { recursive: true }),
    onProgress: shown.show,
  }).finally(async () => {
    shown.finish();
    await close();
  });
  await tuneWeight(folder, tuneOn, watch, number);
  const found = (await listGenerationsOf(folder)).find(each => each.number === number);
  return found as GenerationInfo;
}

/** The same wherever the index lies. @throws 'cluster/*' too */
export async function addGenerationAt(
  index: string,
  choice: BackendChoice,
  options: AddOptions,
  watch: Watch,
): Promise<GenerationInfo> {
  const place = clusterPlace(index, choice);
  if (place === undefined) return addGenerationTo(index, options, watch);
  const { addGenerationThere } = await import('./cluster-generations.js');
  return addGenerationThere(place, options, watch);
}

/** Shows each stage as a piece of work of its own. */
function showStages({ progress }: Pick<Watch, 'progress'>) {
  let stage: string | undefined;
  let shown: Progress | undefined;
  const finish = (): void => shown?.finish();
  const show = (next: string, done: number, total: number): void => {
    if (next !== stage) {
      finish();
      stage = next;
      shown = progress(next, 'documents', total);
    }
    shown?.update(done, total);
  };
  return { show, finish };
}

/** What `generations.add` of the library does. */
export async function addGenerationOf(folder: string, options: AddGenerationOptions): Promise<GenerationInfo> {
  checkOptions(
    'generations.add',
    { folder, ...options },
    { folder: path, model: path, tuneOn: judged.optional(), watch },
  );
  const { model, tuneOn } = options;
  return writeWatched([], options.watch, async watching =>
    addGenerationTo(folder, { model, tuneOn: tuneOn && (await readJudged(tuneOn, watching)) }, watching),
  );
}
