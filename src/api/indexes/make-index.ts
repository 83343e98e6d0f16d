import { cp } from 'node:fs/promises';
import type { IndexingConfig } from '../../config/indexing.js';
import type { JudgedQueries } from '../../evaluation/tune-index.js';
import { buildIndex } from '../../search/build-index.js';
import { wantsGraph } from '../../search/derive.js';
import type { Manifest } from '../../search/manifest.js';
import { type CutTexts, cutTexts } from '../embedding/cut-texts.js';
import { openDocumentImages } from '../embedding/document-images.js';
import type { Documents } from '../options.js';
import { readDocumentRows } from '../project/read-rows.js';
import type { Watch } from '../watch.js';
import { graphWarning } from './graph-warning.js';
import { modelFolder, picturesFolder } from './index-models.js';
import { keepRules } from './keep-rules.js';
import { notePlaces, writePlaces } from './places.js';
import { type TunedIndex, tuneWeight } from './tune-weight.js';

export { mostNamed } from '../../lexical/attribute-texts.js';
export { checkedDepth } from '../../search/measure-graph.js';
export { type Manifest, wantsGraph };

export interface MakeIndexOptions {
  readonly documents: Documents;
  /** folder of the model; without it: token index alone */
  readonly model?: string;
  readonly indexing: IndexingConfig;
  readonly out: string;
  /** folder whose content becomes the pictures of the index */
  readonly pictures?: string;
  /** folder that the vectors of pictures are kept in; beside the index when absent */
  readonly imageCache?: string;
  /** whether the rules, synonyms and words that were set in the index whose place it takes are kept */
  readonly keepRules?: boolean;
  /** judged queries that the fusion weight is tuned on, in place of those that the model carries */
  readonly tuneOn?: JudgedQueries;
}

export interface MadeIndex extends TunedIndex {
  readonly cutTexts?: CutTexts;
}

/** Makes an index folder with all that belongs to it: documents, tokens, vectors, a copy of the model, pictures, the tuned fusion weight. */
export async function makeIndex(options: MakeIndexOptions, watch: Watch): Promise<MadeIndex> {
  const { model, tuneOn, out } = options;
  const keep = async (folder: string, manifest: Manifest): Promise<Manifest> =>
    options.keepRules ? keepRules(out, folder, watch) : manifest;
  if (model === undefined) return { manifest: await build({ ...options, finish: keep }, watch) };
  let tuned: TunedIndex | undefined;
  const finish = async (folder: string, manifest: Manifest): Promise<Manifest> => {
    const warning = graphWarning(manifest);
    if (warning !== undefined) watch.warn(warning);
    if (tuneOn !== undefined || options.indexing.fusionWeight === 'auto')
      tuned = await tuneWeight(folder, tuneOn, watch);
    return keep(folder, tuned?.manifest ?? manifest);
  };
  const made = await buildWithModel(model, { ...options, finish }, watch);
  return { ...made, ...tuned, manifest: made.manifest };
}

type BuildOptions = MakeIndexOptions & Pick<Parameters<typeof buildIndex>[0], 'finish'>;

async function buildWithModel(folder: string, options: BuildOptions, watch: Watch): Promise<MadeIndex> {
  const { loadModel } = await import('../../../models/runtime/load-model.js');
  const images = await openDocumentImages({ ...options, model: folder }, watch);
  try {
    const model = await loadModel(folder, { images: images?.source });
    try {
      const manifest = await build(options, watch, model);
      return { manifest, ...cutTexts(model.textCounts()) };
    } finally {
      await model.close();
    }
  } finally {
    images?.close();
  }
}

type Embedder = NonNullable<Parameters<typeof buildIndex>[0]['embedder']>;

async function build(options: BuildOptions, watch: Watch, embedder?: Embedder): Promise<Manifest> {
  const { documents, places } = notePlaces(readDocumentRows(options.documents, watch.note));
  const progress = watch.progress('indexing', 'documents');
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
