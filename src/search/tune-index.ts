import type { QueryRow } from '../config/rows.js';
import { TandemError } from '../errors/tandem-error.js';
import { ndcg } from '../evaluation/metrics.js';
import type { Qrels } from '../evaluation/trec.js';
import type { EmbeddedIndex } from './embedded-backend.js';
import { type CachedCandidates, type FusionCurve, tuneFusionWeight } from './tune-fusion.js';

/** The figure that the weight is tuned for. */
export const tunedFigure = 'nDCG@10';
const depth = 10;

/**
 * The weight of the vector side that ranks queries best, by nDCG@10. Queries without judgements have no say.
 * @param index  opened with its model
 * @throws TandemError 'index/no-vectors', 'evaluation/no-queries'
 */
export async function tuneIndex(
  index: EmbeddedIndex,
  queries: readonly QueryRow[],
  qrels: Qrels,
  onProgress?: (done: number) => void,
): Promise<FusionCurve> {
  const cached: CachedCandidates[] = [];
  for (const { id, text, country, language } of queries) {
    if (!qrels.has(id)) continue;
    const { token, vector } = await index.retrieve({ text, country, language, k: depth, mode: 'hybrid' });
    cached.push({ query: id, token, vector });
    onProgress?.(cached.length);
  }
  if (cached.length === 0)
    throw new TandemError('evaluation/no-queries', 'none of the queries that the fusion is to be tuned on is judged');
  const ids = (ranked: readonly { readonly id: string }[]): string[] => ranked.map(({ id }) => id);
  return tuneFusionWeight(cached, depth, (query, ranked) => ndcg(ids(ranked), qrels.get(query)!, depth, 1));
}
