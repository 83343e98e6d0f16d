import type { Candidate } from '../ranking/candidate.js';
import { innerProduct } from '../vector/cosine.js';

/** Hits that are ordered anew; what stands behind them keeps its place. */
export const diversifiedHits = 100;

/**
 * Orders the first hits so that each is good and unlike those before it: maximal marginal relevance (Carbonell & Goldstein, SIGIR 1998). The next hit is
 * the one of greatest (1 - diversity) * relevance - diversity * similarity, where relevance is its score between the lowest (0) and the highest (1) of these
 * hits, and similarity its greatest cosine with one that stands before it, at least 0. At most 100 * 99 / 2 cosines. The first k are the first of any larger k.
 * Scores stay what they are, so that they no longer fall from hit to hit.
 * @param ranked      best first
 * @param embeddings  float32 [D] of each of the first, L2-normalised; undefined where there is none: such a hit is like no other
 * @param diversity   0 (the order as it is) to 1 (as unlike as can be)
 */
export function diversify<C extends Candidate>(
  ranked: readonly C[],
  embeddings: readonly (Float32Array | undefined)[],
  diversity: number,
): C[] {
  const first = ranked.slice(0, diversifiedHits);
  const scores = first.map(({ score }) => score);
  const [lowest, highest] = [Math.min(...scores), Math.max(...scores)];
  const relevance = scores.map(score => (highest > lowest ? (score - lowest) / (highest - lowest) : 1));
  const similarity = new Float64Array(first.length);
  const left = first.map((_, place) => place);
  const ordered: C[] = [];
  while (left.length > 0) {
    let best = 0;
    let value = Number.NEGATIVE_INFINITY;
    left.forEach((place, i) => {
      const marginal = (1 - diversity) * relevance[place] - diversity * similarity[place];
      if (marginal > value) [best, value] = [i, marginal];
    });
    const [chosen] = left.splice(best, 1);
    ordered.push(first[chosen]);
    const beside = embeddings[chosen];
    if (beside === undefined) continue;
    for (const place of left) {
      const embedding = embeddings[place];
      if (embedding !== undefined) similarity[place] = Math.max(similarity[place], innerProduct(beside, embedding, 0));
    }
  }
  return [...ordered, ...ranked.slice(diversifiedHits)];
}
