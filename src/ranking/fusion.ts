import type { Ranker } from './ranker.js';

/**
 * Share of the least token score that is the minimum of the token side. A broad query finds hundreds of documents of nearly one score, which
 * stretched from the least itself would differ like good and bad.
 */
const tokenMinimum = 0.9;

/**
 * Scores stretched so that the best becomes 1 and the minimum 0; NaN, a document that the side did not find, becomes 0.
 * One document alone, or several of equal score, become 1: each of them is the best that its side has.
 * @param lowest  the minimum, of the least score; not above it
 */
function stretched(scores: Float64Array, lowest: (least: number) => number): Float64Array {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const score of scores) {
    if (score < low) low = score;
    if (score > high) high = score;
  }
  const minimum = lowest(low);
  return scores.map(score => {
    if (Number.isNaN(score)) return 0;
    return low === high ? 1 : (score - minimum) / (high - minimum);
  });
}

/**
 * Convex combination (Bruch, Gai & Ingber, TOIS 2023):
 * score(d) = (1 - weight) * coverage * token'(d) + weight * vector'(d), each side stretched to [0, 1]: vectors from the least cosine of those
 * that they found, tokens from nine tenths of their least score. The coverage keeps tokens that know a part of a query from counting as if they
 * had found all of it. A document that one side did not find has 0 there: its own score in place of that was measured and gives nothing
 * (docs/decisions). Of equal scores the token side's documents come first, each side's in its own order: so at weight 0 the tokens rank, and
 * vectors go on where these have found too little.
 * @param weight  of the vector side, in [0, 1]
 * @param depth   candidates of each side, >= 1
 * @returns scores in [0, 1]
 */
export const convexCombination = (weight: number, depth: number): Ranker => ({
  depth,
  features: ['tokenScore', 'vectorScore', 'coverage'],
  rank: table => {
    const token = stretched(table.column('tokenScore'), least => tokenMinimum * least);
    const vector = stretched(table.column('vectorScore'), least => least);
    const coverage = table.column('coverage');
    return token.map((score, row) => (1 - weight) * coverage[row] * score + weight * vector[row]);
  },
});

/**
 * Reciprocal rank fusion: score(d) = sum over sides of 1 / (k + rank(d)), ranks from 1.
 * @param depth  candidates of each side, >= 1
 * @param k      > 0; 60 in Cormack, Clarke & Buettcher (SIGIR 2009)
 */
export const reciprocalRankFusion = (depth: number, k = 60): Ranker => ({
  depth,
  features: ['tokenRank', 'vectorRank'],
  rank: table => {
    const [token, vector] = [table.column('tokenRank'), table.column('vectorRank')];
    const share = (rank: number): number => (Number.isNaN(rank) ? 0 : 1 / (k + rank));
    return token.map((rank, row) => share(rank) + share(vector[row]));
  },
});
