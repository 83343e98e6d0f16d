import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type IndexingConfig, type ResolvedIndexing, resolveAttributeWeight } from '../config/indexing.js';
import type { DocumentRow } from '../config/rows.js';
import { tandemVersion } from '../config/version.js';
import { TandemError } from '../errors/tandem-error.js';
import { writeFolderAtomically } from '../files/atomic.js';
import { type AttributeTally, createAttributeTally } from '../lexical/attribute-texts.js';
import { attributeField } from '../lexical/index-fields.js';
import type { IndexFiller } from '../lexical/index-filler.js';
import { createTokenIndex, type TokenIndex } from '../lexical/token-index.js';
import { type DocumentStore, openDocumentStore } from '../store/document-store.js';
import { createFlatIndex } from '../vector/flat-index.js';
import type { VectorIndex } from '../vector/vector-index.js';
import type { DocumentEmbedder, QueryEmbedder } from './backend.js';
import { checkNewId } from './check-document.js';
import { checksumFolders } from './checksums.js';
import { addVectors, vectorsOf, wantsGraph } from './derive.js';
import { type GraphCheck, indexFormat, type Manifest, partNames, writeManifest } from './manifest.js';
import { measureGraph } from './measure-graph.js';

export interface BuildOptions {
  readonly documents: AsyncIterable<DocumentRow> | Iterable<DocumentRow>;
  /** without it: token index alone; without its query side the graph of vectors is not checked */
  readonly embedder?: DocumentEmbedder & Partial<QueryEmbedder>;
  readonly indexing: IndexingConfig;
  /** folder of the index; an older index of that name is replaced when the new one is whole */
  readonly out: string;
  /** @param done  rows indexed so far */
  readonly onProgress?: (done: number) => void;
  /** Puts further parts (a copy of the model) into the unfinished folder, so that they come with it or not at all. */
  readonly addParts?: (folder: string) => Promise<void>;
  /** Works on the finished index before it gets its name (tunes it), so that nobody sees it without. @returns its manifest then */
  readonly finish?: (folder: string, manifest: Manifest) => Promise<Manifest>;
}

const batchSize = 1_000;

async function* batches(rows: BuildOptions['documents']): AsyncGenerator<DocumentRow[]> {
  let batch: DocumentRow[] = [];
  for await (const row of rows) {
    checkNewId(row.id);
    batch.push(row);
    if (batch.length === batchSize) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/** The parts of an index while it is made. */
interface Parts {
  readonly store: DocumentStore;
  readonly tokens: TokenIndex;
  readonly filler: IndexFiller;
  vectors: VectorIndex | null;
  /** attributes whose words are searched */
  readonly searched: AttributeTally;
}

async function addBatch(
  made: Parts,
  rows: readonly DocumentRow[],
  { embedder, indexing }: BuildOptions,
): Promise<void> {
  // the later row of an id stands where the first one stood
  const documents = [...new Map(rows.map(row => [row.id, row])).values()];
  const embeddings = await embedder?.embedDocuments(documents);
  for (const document of documents) made.searched.note(made.tokens.texts(document, attributeField));
  await Promise.all([made.store.put(documents, embeddings), made.filler.add(documents)]);
  if (embedder === undefined || embeddings === undefined) return;
  const ids = documents.map(document => document.id);
  made.vectors ??= createFlatIndex(embedder.width);
  await addVectors(made.vectors, ids, embeddings);
  // a small index answers exactly; when it reaches the limit, what the store holds by then becomes a graph
  if (made.vectors.kind === 'flat' && wantsGraph(made.vectors.size, indexing))
    made.vectors = await vectorsOf(made.store, embedder.width, indexing);
}

/** Reads every row into the store and the derived parts, saves these and checks the graph. @returns rows read and the last commit */
async function fillParts(
  folder: string,
  made: Parts,
  options: BuildOptions,
): Promise<{ rows: number; sequence: number; graph?: GraphCheck }> {
  let rows = 0;
  for await (const batch of batches(options.documents)) {
    await addBatch(made, batch, options);
    rows += batch.length;
    options.onProgress?.(rows);
  }
  if (rows === 0) throw new TandemError('data/empty', 'there is no document to index');
  await made.filler.done();
  await made.tokens.compact();
  await made.tokens.save(join(folder, partNames.tokens));
  await made.vectors?.save(join(folder, partNames.vectors));
  const sequence = made.store.sequence();
  await made.store.trimChanges(sequence);
  const { embedder, indexing } = options;
  const graph =
    made.vectors === null || embedder?.embedQuery === undefined
      ? undefined
      : await measureGraph(made.vectors, made.store, embedder.embedQuery, indexing.hnsw.ef);
  return { rows, sequence, graph };
}

const resolved = (indexing: IndexingConfig): ResolvedIndexing => ({
  ...indexing,
  // until it is tuned, the tokens rank and vectors only go on where they have found too little
  fusionWeight: indexing.fusionWeight === 'auto' ? 0 : indexing.fusionWeight,
  attributeWeight: resolveAttributeWeight(indexing),
});

async function fillFolder(folder: string, options: BuildOptions): Promise<Manifest> {
  const { embedder } = options;
  const indexing = resolved(options.indexing);
  const store = await openDocumentStore(join(folder, partNames.documents), { unseen: true });
  const tokens = createTokenIndex(indexing);
  const filler = tokens.filler();
  const made: Parts = { store, tokens, filler, vectors: null, searched: createAttributeTally() };
  const { rows, sequence, graph } = await fillParts(folder, made, options).finally(() => {
    filler.close();
    return store.close();
  });
  await options.addParts?.(folder);
  const manifest: Manifest = {
    format: indexFormat,
    tandem: tandemVersion(),
    created: new Date().toISOString(),
    indexing,
    ...(indexing.attributeWeight > 0 && { attributes: made.searched.paths() }),
    generation: 0,
    modelId: embedder?.modelId ?? null,
    width: embedder?.width ?? null,
    documents: made.tokens.size,
    duplicates: rows - made.tokens.size,
    nothingToEmbed: made.vectors === null ? 0 : made.tokens.size - made.vectors.size,
    ...(graph && { graph }),
    revision: 0,
    store: { sequence, bytes: (await stat(join(folder, partNames.documents, 'data.mdb'))).size },
    files: await checksumFolders(
      folder,
      made.vectors === null ? [partNames.tokens] : [partNames.tokens, partNames.vectors],
    ),
  };
  await writeManifest(folder, manifest);
  return options.finish === undefined ? manifest : options.finish(folder, manifest);
}

/**
 * Makes an index from documents: store, token index and, with an embedder, vectors; as a whole folder or not at all.
 * Of several documents of one id the last is kept; the manifest counts the others under `duplicates`.
 * @throws TandemError 'data/empty', 'data/malformed-row' (an id), 'files/disk-full', 'files/write-failed', and what the documents or the embedder throw
 */
export async function buildIndex(options: BuildOptions): Promise<Manifest> {
  const made: Manifest[] = [];
  await writeFolderAtomically(options.out, async folder => {
    made.push(await fillFolder(folder, options));
  });
  return made[0];
}
