import { cp } from 'node:fs/promises';
import type { IndexingConfig } from '../config/indexing.js';
import type { QueryRow } from '../config/rows.js';
import type { Qrels } from '../evaluation/trec.js';
import { buildIndex } from '../search/build-index.js';
import type { Manifest } from '../search/manifest.js';
import type { FusionCurve } from '../search/tune-fusion.js';
import { tuneIndex } from '../search/tune-index.js';
import { storeFusionWeight } from '../search/tuned-fusion.js';
import type { CommandContext } from './command.js';
import { openDocumentImages } from './document-images.js';
import { modelFolder, picturesFolder, withSearch } from './open-search.js';
import { notePlaces, writePlaces } from './places.js';
import { readDocumentFile } from './read-rows.js';

export interface MakeIndexOptions {
  /** a file of documents */
  readonly documents: string;
  /** folder of the model; without it: token index alone */
  readonly model?: string;
  readonly indexing: IndexingConfig;
  readonly out: string;
  /** folder whose content becomes the pictures of the index */
  readonly pictures?: string;
  /** folder that the vectors of pictures are kept in; beside the index when absent */
  readonly imageCache?: string;
  /** validation queries and judgements that the fusion weight is tuned on */
  readonly tuneOn?: { readonly queries: readonly QueryRow[]; readonly qrels: Qrels };
}

export interface MadeIndex {
  readonly manifest: Manifest;
  readonly fusion?: FusionCurve;
}

/** Makes an index folder with all that belongs to it: documents, tokens, vectors, a copy of the model, pictures, the tuned fusion weight. */
export async function makeIndex(options: MakeIndexOptions, context: CommandContext): Promise<MadeIndex> {
  const { model } = options;
  const manifest = await (model === undefined ? build(options, context) : buildWithModel(model, options, context));
  if (options.tuneOn === undefined) return { manifest };
  const fusion = await tune(options.out, options.tuneOn, context);
  return { manifest: await storeFusionWeight(options.out, fusion), fusion };
}

async function buildWithModel(folder: string, options: MakeIndexOptions, context: CommandContext): Promise<Manifest> {
  const { loadModel } = await import('../../models/runtime/load-model.js');
  const images = await openDocumentImages({ ...options, model: folder }, context);
  try {
    const model = await loadModel(folder, { images: images?.source });
    try {
      return await build(options, context, model);
    } finally {
      await model.close();
    }
  } finally {
    images?.close();
  }
}

type Embedder = NonNullable<Parameters<typeof buildIndex>[0]['embedder']>;

async function build(options: MakeIndexOptions, context: CommandContext, embedder?: Embedder): Promise<Manifest> {
  const { documents, places } = notePlaces(readDocumentFile(options.documents));
  const progress = context.progress('indexing', 'documents');
  try {
    return await buildIndex({
      documents,
      embedder,
      indexing: options.indexing,
      out: options.out,
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

async function tune(
  folder: string,
  on: NonNullable<MakeIndexOptions['tuneOn']>,
  context: CommandContext,
): Promise<FusionCurve> {
  const progress = context.progress('tuning the fusion', 'queries', on.queries.length);
  try {
    return await withSearch(folder, ({ index }) =>
      tuneIndex(index, on.queries, on.qrels, done => progress.update(done)),
    );
  } finally {
    progress.finish();
  }
}
