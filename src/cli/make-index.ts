import { cp } from 'node:fs/promises';
import { drawKnownItems } from '../../data/known-items.js';
import type { DocumentSource } from '../../data/read-documents.js';
import type { IndexingConfig } from '../config/indexing.js';
import type { DocumentRow, QueryRow } from '../config/rows.js';
import { pseudoQuerySchema } from '../config/training.js';
import type { Qrels } from '../evaluation/trec.js';
import { seededRandom, shuffle } from '../math/random.js';
import { buildIndex } from '../search/build-index.js';
import type { EmbeddedIndex } from '../search/embedded-backend.js';
import type { Manifest } from '../search/manifest.js';
import { tuneIndex } from '../search/tune-index.js';
import { storeFusionWeight, type TunedFusion } from '../search/tuned-fusion.js';
import type { CommandContext } from './command.js';
import { openDocumentImages } from './document-images.js';
import { type CutTexts, cutTexts } from './format-texts.js';
import { graphWarning } from './format-vectors.js';
import { modelFolder, picturesFolder, withSearch } from './open-search.js';
import { notePlaces, writePlaces } from './places.js';
import { readDocumentFile } from './read-rows.js';

export interface MakeIndexOptions {
  /** a file of documents, or several and how they are read */
  readonly documents: string | DocumentSource;
  /** folder of the model; without it: token index alone */
  readonly model?: string;
  readonly indexing: IndexingConfig;
  readonly out: string;
  /** folder whose content becomes the pictures of the index */
  readonly pictures?: string;
  /** folder that the vectors of pictures are kept in; beside the index when absent */
  readonly imageCache?: string;
  /** validation queries and judgements that the fusion weight is tuned on, in place of known-item queries */
  readonly tuneOn?: { readonly queries: readonly QueryRow[]; readonly qrels: Qrels };
}

export interface MadeIndex {
  readonly manifest: Manifest;
  readonly fusion?: TunedFusion;
  readonly cutTexts?: CutTexts;
}

/** Makes an index folder with all that belongs to it: documents, tokens, vectors, a copy of the model, pictures, the tuned fusion weight. */
export async function makeIndex(options: MakeIndexOptions, context: CommandContext): Promise<MadeIndex> {
  const { model, tuneOn } = options;
  if (model === undefined) return { manifest: await build(options, context) };
  let fusion: TunedFusion | undefined;
  const finish = async (folder: string, manifest: Manifest): Promise<Manifest> => {
    const warning = graphWarning(manifest);
    if (warning !== undefined) context.warn(warning);
    if (tuneOn === undefined && options.indexing.fusionWeight !== 'auto') return manifest;
    fusion = await tune(folder, tuneOn, context);
    return fusion === undefined ? manifest : storeFusionWeight(folder, fusion);
  };
  const made = await buildWithModel(model, { ...options, finish }, context);
  return fusion === undefined ? made : { ...made, fusion };
}

type BuildOptions = MakeIndexOptions & Pick<Parameters<typeof buildIndex>[0], 'finish'>;

async function buildWithModel(folder: string, options: BuildOptions, context: CommandContext): Promise<MadeIndex> {
  const { loadModel } = await import('../../models/runtime/load-model.js');
  const images = await openDocumentImages({ ...options, model: folder }, context);
  try {
    const model = await loadModel(folder, { images: images?.source });
    try {
      const manifest = await build(options, context, model);
      return { manifest, ...cutTexts(model.textCounts()) };
    } finally {
      await model.close();
    }
  } finally {
    images?.close();
  }
}

type Embedder = NonNullable<Parameters<typeof buildIndex>[0]['embedder']>;

async function build(options: BuildOptions, context: CommandContext, embedder?: Embedder): Promise<Manifest> {
  const { documents, places } = notePlaces(readDocumentFile(options.documents, context.note));
  const progress = context.progress('indexing', 'documents');
  try {
    return await buildIndex({
      documents,
      embedder,
      indexing: options.indexing,
      out: options.out,
      finish: options.finish,
      onProgress: done => progress.update(done),
      addParts: async folder => {
        await writePlaces(folder, places());
        if (options.model !== undefined) await cp(options.model, modelFolder(folder), { recursive: true });
        if (options.pictures !== undefined) await cp(options.pictures, picturesFolder(folder), { recursive: true });
      },
    });
  } finally {
    progress.finish();
  }
}

/** Known-item queries that a weight is tuned on where nobody has judged any. */
const mostKnownItems = 4_000;

/** @returns undefined where there is nothing to tune on: nobody has judged queries, and no document has a word */
async function tune(
  folder: string,
  judged: MakeIndexOptions['tuneOn'],
  context: CommandContext,
): Promise<TunedFusion | undefined> {
  return withSearch(folder, async ({ index }) => {
    const { queries, qrels } = judged ?? (await knownItems(index));
    if (judged === undefined && queries.length === 0) return undefined;
    const progress = context.progress('tuning the fusion', 'queries', queries.length);
    try {
      const fusion = await tuneIndex(index, queries, qrels, done => progress.update(done));
      return { ...fusion, curve: [...fusion.curve], on: judged === undefined ? 'known-item' : 'judged' };
    } finally {
      progress.finish();
    }
  });
}

/** Known-item queries of documents drawn by chance. */
async function knownItems(index: EmbeddedIndex) {
  const ids = index.ids();
  const drawn = shuffle(Int32Array.from(ids.keys()), seededRandom(0)).slice(0, mostKnownItems);
  const documents = await Promise.all(Array.from(drawn, at => index.get(ids[at])));
  return drawKnownItems(
    documents.filter((document): document is DocumentRow => document !== undefined),
    pseudoQuerySchema.parse({}),
    0,
  );
}
