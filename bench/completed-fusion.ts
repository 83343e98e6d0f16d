import { candidateTable, type Sides } from '../src/ranking/candidate-table.js';
import type { CandidateTable, Ranker } from '../src/ranking/ranker.js';
import { rankCandidates } from '../src/ranking/ranker.js';
import type { EmbeddedIndex } from '../src/search/embedded-backend.js';
import { asCosine, innerProduct } from '../src/vector/cosine.js';

type Retrieved = Awaited<ReturnType<EmbeddedIndex['retrieve']>>;

/** The candidates of a query, with what each side gives those that it did not find. */
export function completedTable(index: EmbeddedIndex, retrieved: Retrieved): CandidateTable {
  const { prepared, embedded } = retrieved;
  return candidateTable(retrieved, (feature, ids) => {
    if (feature !== 'cosine') return prepared.features(ids)[feature];
    return Float64Array.from(ids, id => {
      const embedding = index.embedding(id);
      return embedded === undefined || embedding === undefined
        ? Number.NaN
        : asCosine(innerProduct(embedded.embedding, embedding, 0));
    });
  });
}

/**
 * What the convex combination would be if every candidate had its own score on both sides: token / best token and cosine / best cosine, so that the
 * lists decide nothing. Measured beside the one that searches use.
 * @param weight  of the vector side, [0, 1]
 */
const completedCombination = (weight: number, depth: number): Ranker => ({
  depth,
  features: ['tokenScore', 'bm25', 'cosine', 'coverage'],
  rank: table => {
    const [retrieved, bm25, coverage] = [table.column('tokenScore'), table.column('bm25'), table.column('coverage')];
    const token = retrieved.map((score, row) => (Number.isNaN(score) ? bm25[row] : score));
    const cosine = table.column('cosine').map(score => (Number.isNaN(score) ? 0 : Math.max(0, score)));
    const best = (scores: Float64Array): number => scores.reduce((most, score) => Math.max(most, score), 0) || 1;
    const [mostToken, mostCosine] = [best(token), best(cosine)];
    return token.map(
      (score, row) => ((1 - weight) * coverage[row] * score) / mostToken + (weight * cosine[row]) / mostCosine,
    );
  },
});

/** Ids in the order of that combination. */
export const rankCompleted = (table: CandidateTable, sides: Sides, weight: number): string[] =>
  rankCandidates(completedCombination(weight, sides.token.length), table).map(({ id }) => id);
