/** Ids, best first, each once. */
type Ranking = readonly string[];

/**
 * Part of the first K that two rankings share: |A and B| / the longer of both; 1 where both are empty.
 * @param K  >= 1
 */
export function overlap(one: Ranking, other: Ranking, K: number): number {
  const [a, b] = [one.slice(0, K), new Set(other.slice(0, K))];
  const longer = Math.max(a.length, b.size);
  return longer === 0 ? 1 : a.filter(id => b.has(id)).length / longer;
}

/** Chance that a reader who looked at a hit looks at the next one. */
const persistence = 0.9;

/**
 * Rank-biased overlap at p = .9, extrapolated from the first K (RBO_ext of equal lists, equation 23 of Webber, Moffat & Zobel, A similarity measure for indefinite
 * rankings, TOIS 28, 2010): X(K)/K p^K + (1 - p)/p * sum over d = 1..K of X(d)/d p^d, where X(d) documents are among the first d of both. 1 where the
 * rankings are equal, 0 where they share nothing. Where a ranking is shorter than K, K is the length of the longer one.
 * @param K  >= 1
 */
export function rankBiasedOverlap(one: Ranking, other: Ranking, K: number): number {
  const depth = Math.min(K, Math.max(one.length, other.length));
  if (depth === 0) return 1;
  const seen = new Set<string>();
  let shared = 0;
  let sum = 0;
  for (let d = 1; d <= depth; d++) {
    for (const id of [one[d - 1], other[d - 1]]) {
      if (id === undefined) continue;
      if (seen.has(id)) shared++;
      else seen.add(id);
    }
    sum += (shared / d) * persistence ** d;
  }
  return (shared / depth) * persistence ** depth + ((1 - persistence) / persistence) * sum;
}
