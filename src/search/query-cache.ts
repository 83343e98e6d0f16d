import { LRUCache } from 'lru-cache';
import type { QueryEmbedder, QueryEmbedding } from './backend.js';

type EmbedQuery = QueryEmbedder['embedQuery'];

const cachedQueries = 10_000;

/**
 * Head queries are asked again and again: their embeddings are kept, least recently used out first.
 * Promises are kept rather than results, so that the same query asked twice at once is embedded once; a failure is not kept.
 */
export function cacheEmbeddings(embedder: QueryEmbedder): EmbedQuery {
  const cache = new LRUCache<string, Promise<QueryEmbedding>>({ max: cachedQueries });
  return query => {
    const key = JSON.stringify([query.text, query.country, query.language]);
    const kept = cache.get(key);
    if (kept !== undefined) return kept;
    const embedding = embedder.embedQuery(query);
    cache.set(key, embedding);
    embedding.catch(() => {
      if (cache.peek(key) === embedding) cache.delete(key);
    });
    return embedding;
  };
}
