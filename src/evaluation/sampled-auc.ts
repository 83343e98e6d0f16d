import { seededRandom } from '../math/random.js';
import { rocAuc } from './embedding-metrics.js';

/** What is known of one query; documents are indices into the collection. */
export interface JudgedIndices {
  readonly relevant: readonly number[];
  /** judged and not relevant */
  readonly others: readonly number[];
}

export interface AucSample {
  /** documents of the collection, >= 1 */
  readonly documents: number;
  /** random documents that stand against the relevant ones of a query; those that are judged are passed over */
  readonly negatives: number;
  readonly seed: number;
  /** similarity of a query and a document, both as indices */
  readonly score: (query: number, document: number) => number;
}

/**
 * ROC AUC over pairs of query and document, all queries pooled. Positive: relevant pairs. Negative: judged pairs that are not relevant,
 * and for each query that has a relevant document `negatives` random documents, drawn with replacement.
 * @returns in [0, 1]; see rocAuc
 * @throws TandemError 'evaluation/one-class' when there is no relevant pair or no negative one
 */
export function sampledRocAuc(
  queries: readonly JudgedIndices[],
  { documents, negatives, seed, score }: AucSample,
): number {
  const random = seededRandom(seed);
  const scores: number[] = [];
  const labels: boolean[] = [];
  const add = (query: number, document: number, positive: boolean): void => {
    scores.push(score(query, document));
    labels.push(positive);
  };
  queries.forEach(({ relevant, others }, query) => {
    if (relevant.length === 0) return;
    const judged = new Set([...relevant, ...others]);
    for (const document of relevant) add(query, document, true);
    for (const document of others) add(query, document, false);
    for (let i = 0; i < negatives; i++) {
      const document = random.below(documents);
      if (!judged.has(document)) add(query, document, false);
    }
  });
  return rocAuc(scores, labels);
}
