import { drawKnownItems } from '../../../data/known-items.js';
import { learntFrom } from '../../../models/manifest.js';
import { readModelManifest } from '../../../models/runtime/artefact.js';
import { readValidationQueries } from '../../../models/runtime/read-validation.js';
import type { DocumentRow } from '../../config/rows.js';
import { pseudoQuerySchema } from '../../config/training.js';
import { TandemError } from '../../errors/tandem-error.js';
import {
  answerable,
  type JudgedQueries,
  leastQueries,
  type Tuning,
  tellingQueries,
  tunedFigure,
  tuneIndex,
} from '../../evaluation/tune-index.js';
import { seededRandom, shuffle } from '../../math/random.js';
import type { EmbeddedIndex } from '../../search/embedded-backend.js';
import { fitShare, type TowerKind, usualWeights } from '../../search/fusion-prior.js';
import { type Manifest, readManifest } from '../../search/manifest.js';
import { setFusionWeight, storeFusionWeight, type TunedFusion, whileClaimed } from '../../search/tuned-fusion.js';
import type { Watch } from '../watch.js';
import { modelFolder } from './index-models.js';
import { withSearch } from './open-search.js';

export { fitShare, leastQueries, type TowerKind, type TunedFusion, tunedFigure };

export interface TunedIndex {
  readonly manifest: Manifest;
  /** absent where there was nothing to tune on, and the usual weight was taken */
  readonly fusion?: TunedFusion;
}

/** Queries drawn from the documents that vectors are looked at with where people have judged too few. */
const mostKnownItems = 500;

export interface TuneOptions {
  /** judged queries, in place of those that the model carries */
  readonly given?: JudgedQueries;
  /** the weight itself: nothing is tuned then */
  readonly weight?: number;
}

/**
 * Gives an index that stands another weight of the vector side. A process that serves it without writing takes it over.
 * @throws TandemError 'index/locked' where another process writes to it, 'index/no-vectors', 'index/*', 'model/*', 'evaluation/no-queries'
 */
export async function tuneIndexFolder(
  folder: string,
  { given, weight }: TuneOptions,
  watch: Watch,
): Promise<TunedIndex & { readonly before: number }> {
  const { modelId, indexing } = await readManifest(folder);
  if (modelId === null)
    throw new TandemError('index/no-vectors', `${folder}: this index was made without a model: its tokens alone rank`);
  const tuned = await whileClaimed(folder, async () =>
    weight === undefined ? tuneWeight(folder, given, watch) : { manifest: await setFusionWeight(folder, weight) },
  );
  return { ...tuned, before: indexing.fusionWeight };
}

/**
 * Finds the weight of the vector side of an index and stores it. The claim on the index is the caller's to hold.
 * @param given       judged queries, in place of those that the model carries
 * @param generation  whose weight it is; the active one when absent
 */
export async function tuneWeight(
  folder: string,
  given: JudgedQueries | undefined,
  watch: Pick<Watch, 'progress'>,
  generation?: number,
): Promise<TunedIndex> {
  const { weight, fusion } = await findWeight(folder, given, watch, generation);
  if (fusion === undefined) return { manifest: await setFusionWeight(folder, weight, generation) };
  return { manifest: await storeFusionWeight(folder, fusion, generation), fusion };
}

/** The weight by judged queries where there are enough of them, given or carried by the model; otherwise the one that is usual for such towers. */
export async function findWeight(
  folder: string,
  given: JudgedQueries | undefined,
  watch: Pick<Watch, 'progress'>,
  generation?: number,
): Promise<FoundWeight> {
  const model = modelFolder(folder, generation ?? (await readManifest(folder)).generation);
  return withSearch(folder, async ({ index }) => findWeightOf(tunedFolder(index), model, given, watch), generation);
}

export interface FoundWeight {
  readonly weight: number;
  readonly fusion?: TunedFusion;
}

/** An index whose weight is looked for, wherever it lies. */
export interface TunedSource extends Pick<EmbeddedIndex, 'retrieve'> {
  /** Those of some ids that documents have. */
  having(ids: ReadonlySet<string>): Promise<ReadonlySet<string>>;
  /** Documents drawn by chance, the same ones each time. */
  draw(most: number): Promise<readonly DocumentRow[]>;
}

/** @param model  folder of the model that the index was made with */
export async function findWeightOf(
  index: TunedSource,
  model: string,
  given: JudgedQueries | undefined,
  watch: Pick<Watch, 'progress'>,
): Promise<FoundWeight> {
  const { manifest } = await readModelManifest(model);
  const kind = learntFrom(manifest);
  const { few, ...tuning } = await chooseQueries(index, kind, given, await readValidationQueries(model));
  if (tuning.queries.length === 0) return { weight: usualWeights[kind] };
  const progress = watch.progress('tuning the fusion', 'queries', tuning.queries.length);
  try {
    const fusion = await tuneIndex(index, tuning, done => progress.update(done));
    return { weight: fusion.weight, fusion: few === undefined ? fusion : { ...fusion, few } };
  } finally {
    progress.finish();
  }
}

function tunedFolder(index: EmbeddedIndex): TunedSource {
  const ids = index.ids();
  return {
    retrieve: index.retrieve,
    having: async () => new Set(ids),
    draw: async most => {
      const drawn = shuffle(Int32Array.from(ids.keys()), seededRandom(0)).slice(0, most);
      const documents = await Promise.all(Array.from(drawn, at => index.get(ids[at])));
      return documents.filter((document): document is DocumentRow => document !== undefined);
    },
  };
}

/** @returns what is tuned on, and how many judged queries were too few for it */
async function chooseQueries(
  index: TunedSource,
  kind: TowerKind,
  given: JudgedQueries | undefined,
  carried: JudgedQueries | undefined,
): Promise<Tuning & { readonly few?: number }> {
  const offered = given ?? carried;
  const named = new Set(offered === undefined ? [] : [...offered.qrels.values()].flatMap(gains => [...gains.keys()]));
  const held = await index.having(named);
  const has = (id: string): boolean => held.has(id);
  const judged = given ?? (carried && answerable(carried, has));
  const telling = judged === undefined ? 0 : tellingQueries(judged, has);
  if (judged !== undefined && telling >= leastQueries)
    return { ...judged, on: given === undefined ? 'validation' : 'judged', kind };
  const drawn = drawKnownItems(await index.draw(mostKnownItems), pseudoQuerySchema.parse({}), 0);
  return { ...drawn, on: 'known-item', kind, ...(telling > 0 && { few: telling }) };
}
