import { LRUCache } from 'lru-cache';
import type { QueryEmbedder, QueryEmbedding } from './backend.js';
import type { CacheFigures } from './index-figures.js';

type EmbedQuery = QueryEmbedder['embedQuery'];

const cachedQueries = 10_000;
const cachedBytes = 32 * 2 ** 20;
/** What an entry takes beside its text and its numbers: the promise, the channels and the place in the list. */
const overhead = 1024;

/**
 * Head queries are asked again and again: their embeddings are kept, least recently used out first.
 * Promises are kept rather than results, so that the same query asked twice at once is embedded once; a failure is not kept.
 * @param maxBytes  of all texts and embeddings together: texts may be long
 */
export function cacheEmbeddings(
  embedder: QueryEmbedder,
  maxBytes = cachedBytes,
): { readonly embedQuery: EmbedQuery; figures(): CacheFigures } {
  let [hits, misses] = [0, 0];
  const cache = new LRUCache<string, Promise<QueryEmbedding>>({
    max: cachedQueries,
    maxSize: maxBytes,
    // two bytes a UTF-16 unit, four a number
    sizeCalculation: (_embedding, key) => 2 * key.length + 4 * embedder.width + overhead,
  });
  const embedQuery: EmbedQuery = query => {
    const key = JSON.stringify([query.text, query.country, query.language]);
    const kept = cache.get(key);
    if (kept !== undefined) {
      hits++;
      return kept;
    }
    misses++;
    const embedding = embedder.embedQuery(query);
    cache.set(key, embedding);
    embedding.catch(() => {
      if (cache.peek(key) === embedding) cache.delete(key);
    });
    return embedding;
  };
  return { embedQuery, figures: () => ({ hits, misses, bytes: cache.calculatedSize }) };
}
