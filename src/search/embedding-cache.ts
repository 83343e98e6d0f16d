import { LRUCache } from 'lru-cache';
import type { DocumentStore } from '../store/document-store.js';
import { isZero } from '../vector/cosine.js';

/** Bytes of embeddings that are kept of an index at most. */
const mostBytes = 32 * 2 ** 20;
/** What an entry takes beside its numbers. */
const entryBytes = 200;

/** What a document without an embedding has in the cache. */
const nothing = new Float32Array(0);

/**
 * Embeddings of documents that rankers look at again and again, as the store has them at present: reading one from it takes five microseconds. A write to the
 * store empties the cache. A document whose tower found nothing to make of it has none.
 */
export function embeddingCache(store: DocumentStore): (ids: readonly string[]) => (Float32Array | undefined)[] {
  const cache = new LRUCache<string, Float32Array>({
    maxSize: mostBytes,
    sizeCalculation: embedding => embedding.byteLength + entryBytes,
  });
  let seen = store.sequence();
  return ids => {
    const present = store.sequence();
    if (present !== seen) cache.clear();
    seen = present;
    return ids.map(id => {
      const known = cache.get(id);
      if (known !== undefined) return known === nothing ? undefined : known;
      const read = store.embedding(id);
      const embedding = read === undefined || isZero(read) ? undefined : read;
      cache.set(id, embedding ?? nothing);
      return embedding;
    });
  };
}
