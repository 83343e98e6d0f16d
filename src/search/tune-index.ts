import type { QueryRow } from '../config/rows.js';
import { evaluateRun } from '../evaluation/evaluate.js';
import type { Qrels } from '../evaluation/trec.js';
import type { EmbeddedIndex } from './embedded-backend.js';
import { type CachedCandidates, type FusionCurve, tuneFusionWeight } from './tune-fusion.js';

/** The figure that the weight is tuned for. */
export const tunedFigure = 'nDCG@10';
const depth = 10;

/**
 * The weight of the vector side that ranks validation queries best, by nDCG@10. Queries without judgements have no say.
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
  return tuneFusionWeight(cached, depth, run => {
    const { means } = evaluateRun(new Map(run), qrels, { cutoffs: { nDCG: [depth] } });
    return means[tunedFigure];
  });
}
