import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DocumentRow } from '../config/rows.js';
import type { DocumentStore } from '../store/document-store.js';
import type { GivenEmbedding } from '../store/stored-generations.js';
import { checkRows } from '../vector/persist.js';
import type { VectorIndex } from '../vector/vector-index.js';
import type { DocumentEmbedder } from './backend.js';
import { changedSince } from './replay.js';

export interface CatchUpOptions {
  /** document side of its model; undefined for a generation of tokens alone */
  readonly embedder: DocumentEmbedder | undefined;
  /** that take the embeddings too */
  readonly vectors?: VectorIndex | null;
  /** documents embedded in one turn of the event loop */
  readonly batch: number;
  /** @param done  of all documents that are embedded now */
  readonly onProgress?: (done: number, total: number) => void;
}

/** The embeddings of documents. @throws what the embedder throws, TandemError 'internal' for values that are no embeddings */
export async function embedRows(
  rows: readonly DocumentRow[],
  embedder: DocumentEmbedder,
): Promise<readonly Required<GivenEmbedding>[]> {
  if (rows.length === 0) return [];
  const made = await embedder.embedDocuments(rows);
  checkRows(rows.length, made, embedder.width);
  return rows.map(({ id }, row) => ({ id, embedding: made.slice(row * embedder.width, (row + 1) * embedder.width) }));
}

/**
 * Brings the embeddings of a generation that is not active up to what the store has now: the documents that commits touched since are embedded as they
 * are when their turn comes. What is written meanwhile is left for the next time. Ended at any moment, the next time does what is missing.
 * The claim on the generation is the caller's to hold.
 * @param store  with the embeddings of the generation
 * @returns documents that were looked at
 */
export async function catchUp(
  store: DocumentStore,
  { embedder, vectors, batch, onProgress = () => undefined }: CatchUpOptions,
): Promise<number> {
  const { generation, generations } = store;
  const upTo = store.sequence();
  const from = store.seen();
  if (from === undefined || from === upTo) return 0;
  const changed = embedder === undefined ? [] : [...changedSince(store, from)];
  for (let at = 0; at < changed.length; at += batch) {
    const ids = changed.slice(at, at + batch);
    const rows = store.getMany(ids).filter(row => row !== undefined);
    const embedded = embedder === undefined ? [] : await embedRows(rows, embedder);
    const there = new Set(rows.map(({ id }) => id));
    const gone: GivenEmbedding[] = ids.filter(id => !there.has(id)).map(id => ({ id }));
    await generations.write(generation, [...embedded, ...gone], {});
    for (const { id, embedding } of embedded) vectors?.add([id], embedding);
    for (const { id } of gone) vectors?.remove(id);
    onProgress(Math.min(at + batch, changed.length), changed.length);
    await nextTurn();
  }
  await generations.write(generation, [], { seen: upTo });
  return changed.length;
}

/** Rounds of catching up; what is left is little then, unless more is written than can be embedded. */
const mostRounds = 20;

/** Catches up again and again, until no more than `few` documents are left that were written meanwhile. */
export async function catchUpTo(few: number, store: DocumentStore, options: CatchUpOptions): Promise<void> {
  for (let round = 0; round < mostRounds; round++) if ((await catchUp(store, options)) <= few) return;
}
