import { isDeepStrictEqual } from 'node:util';
import type { DocumentRow } from '../../src/config/rows.js';
import type { Config } from '../../src/config/schema.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { createTowers, hasImages, hasText } from '../channels.js';
import { createFeatureExtractor } from '../features.js';
import type { ImageSource, ImageVectors } from '../images/image-vectors.js';
import { artefactFiles, type ModelManifest } from '../manifest.js';
import { loadTokenizer, type TextTokenizer } from '../tokenizer/tokenizer.js';
import { readArtefact, tablesOf } from './artefact.js';
import { documentTowerRow, embedRows, imageReferences, queryTowerRow, type RunnableTowers } from './embedder.js';
import { createNativeGraph, type SessionOptions } from './session.js';
import { createTextCounter, noTexts, type TextCounts } from './text-counts.js';

/** Documents whose image vectors are held at once. */
const picturedAtOnce = 1024;

/** One query embedded, with the fusion weight of each channel of the query tower. */
export interface EmbeddedQuery {
  /** float32 [D], of length 1; all zeros where the model can read nothing in the text */
  readonly embedding: Float32Array;
  readonly channels: Readonly<Record<string, number>>;
}

/** A model artefact, loaded: embeds queries and documents. */
export interface Model {
  /** sha256 over the content of the artefact; an index and a query of different models never meet */
  readonly modelId: string;
  /** D */
  readonly width: number;
  readonly config: Config;
  readonly manifest: ModelManifest;
  /** the towers themselves, to look into */
  readonly towers: RunnableTowers;
  embedQuery(query: { text: string; country?: string }): Promise<EmbeddedQuery>;
  /** Queries -> float32 [n * D], row-major, zeros as in embedQuery. */
  embedQueries(queries: readonly { text: string; country?: string }[]): Promise<Float32Array>;
  /**
   * Documents -> float32 [n * D], row-major, zeros where the model can read nothing in them.
   * @param images  vectors of their images, where they are at hand; otherwise the image source of the model is asked
   * @throws TandemError 'model/other-images' where the vectors are of another width than those that the model was trained with
   */
  embedDocuments(documents: readonly DocumentRow[], images?: ImageVectors): Promise<Float32Array>;
  /** Whether the document tower reads the same of both rows, so that they have one embedding; pictures are told apart by their references. */
  readsSame(before: DocumentRow, after: DocumentRow): boolean;
  /** How much of the texts of all documents so far was read. */
  textCounts(): TextCounts;
  close(): Promise<void>;
}

export interface ModelOptions extends SessionOptions {
  /** where image vectors come from, for a model that reads images; without it, documents count as having none */
  readonly images?: ImageSource;
}

/**
 * Loads a model artefact; every file is checked against model.json.
 * @throws TandemError 'data/not-found' | 'model/damaged' (names the file) | 'model/unsupported-version' |
 *   'model/other-images' (image source of another width)
 */
export async function loadModel(folder: string, { images, ...options }: ModelOptions = {}): Promise<Model> {
  const { manifest, modelId, file } = await readArtefact(folder);
  const { config, vocabulary } = manifest;
  const towers = createTowers(config.towers, config.textEncoder, vocabulary.imageWidth);
  if (images !== undefined && hasImages(towers.document)) checkWidth(images, manifest);
  const tables = tablesOf(folder, file);
  const readsText = hasText(towers.query) || hasText(towers.document);
  const tokenizer: TextTokenizer | undefined = readsText
    ? await loadTokenizer(file(artefactFiles.tokenizer))
    : undefined;
  const counter = tokenizer && createTextCounter(tokenizer, vocabulary.maxDocumentTokens);
  const runnable = async (name: 'query' | 'document', maxTokens: number) => ({
    tower: towers[name],
    tables,
    extract: createFeatureExtractor(towers[name], {
      towers: config.towers,
      countries: vocabulary.countries,
      attributes: vocabulary.attributes,
      imageMean: vocabulary.imageMean,
      tokenizer,
      maxTokens,
      ...(name === 'document' && { onText: counter?.see }),
    }),
    graph: await createNativeGraph(file(artefactFiles[name]), options),
  });
  const runnables: RunnableTowers = {
    query: await runnable('query', vocabulary.maxQueryTokens),
    document: await runnable('document', vocabulary.maxDocumentTokens),
  };
  return modelOf(modelId, manifest, runnables, images, () => counter?.counts() ?? noTexts);
}

/** @throws TandemError 'model/other-images' */
function checkWidth({ width }: { readonly width: number }, { vocabulary: { imageWidth = 0 } }: ModelManifest): void {
  if (width === imageWidth) return;
  const message = `the image vectors have ${width} numbers each, the model was trained with ones of ${imageWidth}`;
  throw new TandemError('model/other-images', message, { width, wanted: imageWidth });
}

function modelOf(
  modelId: string,
  manifest: ModelManifest,
  { query, document }: RunnableTowers,
  source: ImageSource | undefined,
  textCounts: () => TextCounts,
): Model {
  const { limit } = manifest.config.towers.image;
  /** Vectors of the images of some documents, all asked for at once. */
  const vectorsOf = async (
    rows: readonly DocumentRow[],
    images: ImageVectors | undefined,
  ): Promise<ImageVectors | undefined> => {
    if (!hasImages(document.tower)) return undefined;
    const vectors = images ?? (await source?.vectorsOf(rows.flatMap(row => imageReferences(row, limit))));
    if (vectors !== undefined) checkWidth(vectors, manifest);
    return vectors;
  };
  return {
    modelId,
    width: query.tower.embeddingWidth,
    config: manifest.config,
    manifest,
    towers: { query, document },
    textCounts,
    async embedQuery(row) {
      const { embeddings, weights } = await embedRows(query, [queryTowerRow(row)]);
      return {
        embedding: embeddings,
        channels: Object.fromEntries(query.tower.channels.map(({ name }, c) => [name, weights[c]])),
      };
    },
    embedQueries: async rows => (await embedRows(query, rows.map(queryTowerRow))).embeddings,
    async embedDocuments(rows, images) {
      const embeddings = new Float32Array(rows.length * document.tower.embeddingWidth);
      const atOnce = hasImages(document.tower) ? picturedAtOnce : rows.length;
      for (let from = 0; from < rows.length; from += atOnce) {
        const part = rows.slice(from, from + atOnce);
        const vectors = await vectorsOf(part, images);
        const embedded = await embedRows(
          document,
          part.map(row => documentTowerRow(row, vectors, limit)),
        );
        embeddings.set(embedded.embeddings, from * document.tower.embeddingWidth);
      }
      return embeddings;
    },
    readsSame: (before, after) => {
      const [one, other] = [before, after].map(row => ({
        features: document.extract(documentTowerRow(row)),
        images: hasImages(document.tower) ? imageReferences(row, limit) : [],
      }));
      return isDeepStrictEqual(one, other);
    },
    async close() {
      await query.graph.close();
      await document.graph.close();
    },
  };
}
