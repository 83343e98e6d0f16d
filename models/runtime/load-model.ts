import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DocumentRow } from '../../src/config/rows.js';
import type { Config } from '../../src/config/schema.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { createTowers, hasText } from '../channels.js';
import { createFeatureExtractor, type TokenEncoder } from '../features.js';
import { artefactFiles, type ModelManifest, modelManifestSchema } from '../manifest.js';
import { readSafetensors } from '../safetensors.js';
import { unpackTables } from '../table-file.js';
import { loadTokenizer } from '../tokenizer/tokenizer.js';
import { documentTowerRow, embedRows, queryTowerRow, type RunnableTowers } from './embedder.js';
import { createNativeGraph, type SessionOptions } from './session.js';

/** One query embedded, with the fusion weight of each channel of the query tower. */
export interface EmbeddedQuery {
  /** float32 [D], of length 1 */
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
  /** Queries -> float32 [n * D], row-major. */
  embedQueries(queries: readonly { text: string; country?: string }[]): Promise<Float32Array>;
  /** Documents -> float32 [n * D], row-major. */
  embedDocuments(documents: readonly DocumentRow[]): Promise<Float32Array>;
  close(): Promise<void>;
}

/**
 * Loads a model artefact; every file is checked against model.json.
 * @throws TandemError 'data/not-found' | 'model/damaged' (names the file) | 'model/unsupported-version'
 */
export async function loadModel(folder: string, options: SessionOptions = {}): Promise<Model> {
  const manifest = await readModelManifest(folder);
  const files = new Map<string, Buffer>();
  for (const name of Object.keys(manifest.files)) files.set(name, await readChecked(folder, name, manifest));
  const file = (name: string): Buffer => {
    const bytes = files.get(name);
    if (bytes === undefined) throw damaged(join(folder, name), 'is missing');
    return bytes;
  };
  const { config, vocabulary } = manifest;
  const towers = createTowers(config.towers, config.textEncoder);
  const tablesPath = join(folder, artefactFiles.tables);
  const tables = unpackTables(readSafetensors(file(artefactFiles.tables), tablesPath).arrays, tablesPath);
  const readsText = hasText(towers.query) || hasText(towers.document);
  const tokenizer: TokenEncoder | undefined = readsText
    ? await loadTokenizer(file(artefactFiles.tokenizer))
    : undefined;
  const runnable = async (name: 'query' | 'document', maxTokens: number) => ({
    tower: towers[name],
    tables,
    extract: createFeatureExtractor(towers[name], {
      towers: config.towers,
      countries: vocabulary.countries,
      tokenizer,
      maxTokens,
    }),
    graph: await createNativeGraph(file(artefactFiles[name]), options),
  });
  const runnables: RunnableTowers = {
    query: await runnable('query', vocabulary.maxQueryTokens),
    document: await runnable('document', vocabulary.maxDocumentTokens),
  };
  return modelOf(manifest, runnables);
}

function modelOf(manifest: ModelManifest, { query, document }: RunnableTowers): Model {
  const modelId = createHash('sha256')
    .update(JSON.stringify([manifest.config, manifest.vocabulary, manifest.files]))
    .digest('hex');
  return {
    modelId,
    width: query.tower.embeddingWidth,
    config: manifest.config,
    manifest,
    towers: { query, document },
    async embedQuery(row) {
      const { embeddings, weights } = await embedRows(query, [queryTowerRow(row)]);
      return {
        embedding: embeddings,
        channels: Object.fromEntries(query.tower.channels.map(({ name }, c) => [name, weights[c]])),
      };
    },
    embedQueries: async rows => (await embedRows(query, rows.map(queryTowerRow))).embeddings,
    embedDocuments: async rows => (await embedRows(document, rows.map(documentTowerRow))).embeddings,
    async close() {
      await query.graph.close();
      await document.graph.close();
    },
  };
}

const damaged = (path: string, why: string): TandemError =>
  new TandemError('model/damaged', `${path}: ${why}`, { path });

async function readModelManifest(folder: string): Promise<ModelManifest> {
  const path = join(folder, artefactFiles.manifest);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new TandemError(
      'data/not-found',
      `${folder}: is not a model artefact (${error.code})`,
      { path },
      { cause: error },
    );
  });
  const raw = parseJson(text, path);
  if (raw.format !== 'tandem-model') throw damaged(path, 'is not the manifest of a model');
  if (raw.version !== 1) {
    throw new TandemError(
      'model/unsupported-version',
      `${path}: format version ${String(raw.version)}, this Tandem reads version 1`,
    );
  }
  const result = modelManifestSchema.safeParse(raw);
  if (!result.success)
    throw damaged(path, `${result.error.issues[0].path.join('.')}: ${result.error.issues[0].message}`);
  return result.data;
}

function parseJson(text: string, path: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    throw damaged(path, 'is not JSON');
  }
}

async function readChecked(folder: string, name: string, { files }: ModelManifest): Promise<Buffer> {
  const path = join(folder, name);
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw damaged(path, `cannot be read (${error.code})`);
  });
  if (bytes.length !== files[name].bytes)
    throw damaged(path, `has ${bytes.length} bytes instead of ${files[name].bytes}`);
  if (createHash('sha256').update(bytes).digest('hex') !== files[name].sha256) throw damaged(path, 'was altered');
  return bytes;
}
