import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { learntFrom } from '../../../models/manifest.js';
import { readModelManifest } from '../../../models/runtime/artefact.js';
import type { JudgedQueries } from '../../evaluation/tune-index.js';
import { addGeneration } from '../../search/add-generation.js';
import { usualWeights } from '../../search/fusion-prior.js';
import { partNames, readManifest } from '../../search/manifest.js';
import { checkOptions, path, watch } from '../check-options.js';
import { openWithImages } from '../indexes/index-models.js';
import { tuneWeight } from '../indexes/tune-weight.js';
import type { AddGenerationOptions, GenerationInfo } from '../options.js';
import { judged, readJudged } from '../project/read-rows.js';
import type { Progress, Watch } from '../watch.js';
import { writeWatched } from '../write-watched.js';
import { listGenerationsOf } from './list-generations.js';

export interface AddOptions {
  /** folder of the model */
  readonly model: string;
  /** judged queries that the weight of the vectors is tuned on, in place of those that the model carries */
  readonly tuneOn?: JudgedQueries;
}

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
