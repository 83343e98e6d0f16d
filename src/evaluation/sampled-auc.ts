import { seededRandom } from '../math/random.js';
import { rocAuc } from './embedding-metrics.js';

/** What is known of one query; documents are indices into the collection. */
export interface JudgedIndices {
  readonly relevant: readonly number[];
  /** judged and not relevant */
  readonly others: readonly number[];
}

export interface AucDraw {
  /** documents of the collection, >= 1 */
  readonly documents: number;
  /** random documents that stand against the relevant ones of a query; those that are judged are passed over */
  readonly negatives: number;
  readonly seed: number;
}

export interface AucSample extends AucDraw {
  /** similarity of a query and a document, both as indices */
  readonly score: (query: number, document: number) => number;
}

/** A pair of query and document, both as indices. */
export interface AucPair {
  readonly query: number;
  readonly document: number;
  readonly positive: boolean;
}

/**
 * The pairs that an ROC AUC is over. Positive: relevant pairs. Negative: judged pairs that are not relevant, and for each query that has
 * a relevant document `negatives` random documents, drawn with replacement; those of a query stand together.
 */
export function sampleAucPairs(queries: readonly JudgedIndices[], { documents, negatives, seed }: AucDraw): AucPair[] {
  const random = seededRandom(seed);
  const pairs: AucPair[] = [];
  queries.forEach(({ relevant, others }, query) => {
    if (relevant.length === 0) return;
    const judged = new Set([...relevant, ...others]);
    for (const document of relevant) pairs.push({ query, document, positive: true });
    for (const document of others) pairs.push({ query, document, positive: false });
    for (let i = 0; i < negatives; i++) {
      const document = random.below(documents);
      if (!judged.has(document)) pairs.push({ query, document, positive: false });
    }
  });
  return pairs;
}

/**
 * ROC AUC over pairs of query and document, all queries pooled; see sampleAucPairs for which.
 * @returns in [0, 1]; see rocAuc
 * @throws TandemError 'evaluation/one-class' when there is no relevant pair or no negative one
 */
export function sampledRocAuc(queries: readonly JudgedIndices[], { score, ...draw }: AucSample): number {
  const pairs = sampleAucPairs(queries, draw);
  return rocAuc(
    pairs.map(({ query, document }) => score(query, document)),
    pairs.map(({ positive }) => positive),
  );
}
