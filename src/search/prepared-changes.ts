import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DocumentRow } from '../config/rows.js';
import type { DocumentStore } from '../store/document-store.js';
import type { StoreChange } from '../store/encode-change.js';
import { passOverDamage } from '../store/pass-over-damage.js';
import type { DocumentEmbedder } from './backend.js';
import { embedRows } from './catch-up.js';
import type { OpenParts } from './open-parts.js';
import type { WholeChange } from './patch-documents.js';

/** Documents embedded in one turn of the event loop: searches get the turns between. */
export const embeddedAtOnce = 16;

/** A change with what the commit needs to know of it. */
export type PreparedChange = StoreChange & {
  /** the embedding is the one that the id has already: the vectors know it */
  readonly known?: true;
  /** whose embedding it is */
  readonly generation?: number;
};

/** The same without an embedding that is of another generation. */
export const withoutForeign = (change: PreparedChange, generation: number): PreparedChange =>
  'put' in change && change.embedding !== undefined && change.generation !== generation ? { put: change.put } : change;

/**
 * Gives a document the embedding that its id has, where the model reads the same of it as before.
 */
export function keepEmbedding(
  change: WholeChange,
  store: DocumentStore,
  { readsSame }: Pick<DocumentEmbedder, 'readsSame'>,
): PreparedChange {
  if ('delete' in change) return change;
  const { put } = change;
  // one that is altered is put anew, as if it were not there
  const sound = passOverDamage(store, () => undefined);
  const before = sound.get(put.id);
  if (before === undefined || !readsSame?.(before, put)) return change;
  const embedding = sound.embedding(put.id);
  return embedding === undefined ? change : { put, embedding, known: true, generation: store.generation };
}

/** Embeds what is put and has no embedding yet, for a generation. @throws what the embedder throws, TandemError 'internal' for values that are no embeddings */
export async function embedChanges(
  changes: readonly PreparedChange[],
  generation: number,
  embedder: DocumentEmbedder | undefined,
): Promise<readonly PreparedChange[]> {
  if (embedder === undefined) return changes;
  const isBare = (change: PreparedChange): change is { put: DocumentRow } =>
    'put' in change && change.embedding === undefined;
  const rows = changes.filter(isBare).map(({ put }) => put);
  const embeddings: Float32Array[] = [];
  for (let from = 0; from < rows.length; from += embeddedAtOnce) {
    const made = await embedRows(rows.slice(from, from + embeddedAtOnce), embedder);
    embeddings.push(...made.map(({ embedding }) => embedding));
    await nextTurn();
  }
  let row = 0;
  return changes.map(change =>
    isBare(change) ? { put: change.put, embedding: embeddings[row++], generation } : change,
  );
}

/** Units of work that a change takes beside its texts; see turns.ts. */
const changeWork = 512;

export function* applyChanges(
  changes: readonly PreparedChange[],
  { tokens, vectors }: Pick<OpenParts, 'tokens' | 'vectors'>,
): Generator<number, void> {
  for (const change of changes) {
    if ('delete' in change) {
      tokens.remove(change.delete);
      vectors?.remove(change.delete);
    } else {
      yield* tokens.adding(change.put);
      if (change.embedding !== undefined && !change.known) vectors?.add([change.put.id], change.embedding);
    }
    yield changeWork;
  }
}
