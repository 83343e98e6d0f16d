import { TandemError } from '../errors/tandem-error.js';
import type { TokenIndex } from '../lexical/token-index.js';
import { finish } from '../math/finish.js';
import type { DocumentStore } from '../store/document-store.js';
import type { VectorIndex } from '../vector/vector-index.js';

/**
 * The ids that commits after the given one touched.
 * @param seen  last commit that the derived parts have seen
 * @throws TandemError 'index/damaged' when the store is older than they are, or no longer knows what the commits touched
 */
export function changedSince(store: DocumentStore, seen: number): Set<string> {
  const damaged = (reason: string): TandemError => new TandemError('index/damaged', `documents: ${reason}`);
  if (store.sequence() < seen) throw damaged(`commit ${seen} is missing, the last one is ${store.sequence()}`);
  const touched = new Set<string>();
  let expected = seen + 1;
  for (const { sequence, ids } of store.changesAfter(seen)) {
    if (sequence !== expected++) break;
    for (const id of ids) touched.add(id);
  }
  if (expected !== store.sequence() + 1) throw damaged(`what commit ${expected} touched is not known any more`);
  return touched;
}

/** Rules of synonyms as last stored in an index; undefined where those that it was made with hold. */
const storedSynonyms = (store: DocumentStore): readonly string[] | undefined =>
  store.setting('synonyms') as readonly string[] | undefined;

/**
 * Gives the tokens the words and the synonyms of the store. To be read before the changes: a writer that stores other words meanwhile has then already named the
 * documents that they touch.
 */
export function replayWords(store: DocumentStore, tokens: TokenIndex | null): void {
  if (tokens === null) return;
  const { chains } = tokens;
  const words = store.dictionary();
  if (!isSame(words, chains.dictionary())) chains.setDictionary(words);
  const synonyms = storedSynonyms(store);
  if (synonyms !== undefined && !isSame(synonyms, chains.synonyms())) chains.setSynonyms(synonyms);
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Units of work that a document takes beside its texts; see turns.ts. */
const documentWork = 512;

/** Takes documents into derived parts as the store has them when their turn comes; work that tells its units. */
export function* replayDocuments(
  store: DocumentStore,
  ids: Iterable<string>,
  tokens: TokenIndex | null,
  vectors: VectorIndex | null,
): Generator<number, void> {
  for (const id of ids) {
    const document = store.get(id);
    const embedding = store.embedding(id);
    if (document === undefined) tokens?.remove(id);
    else if (tokens !== null) yield* tokens.adding(document);
    if (embedding === undefined) vectors?.remove(id);
    else vectors?.add([id], embedding);
    yield documentWork;
  }
}

/**
 * Brings derived parts up to the store: its dictionary, and every document touched by a later commit as the store has it now.
 * @param seen  last commit that the derived parts have seen
 * @returns the last one that they have seen afterwards
 * @throws TandemError 'index/damaged' as changedSince
 */
export function replayChanges(
  store: DocumentStore,
  seen: number,
  tokens: TokenIndex | null,
  vectors: VectorIndex | null,
): number {
  const last = store.sequence();
  replayWords(store, tokens);
  finish(replayDocuments(store, changedSince(store, seen), tokens, vectors));
  return last;
}
