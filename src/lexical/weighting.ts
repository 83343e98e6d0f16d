import { type Bm25, inverseDocumentFrequency, occurrenceWeight } from './bm25.js';
import type { CollectionStatistics } from './statistics.js';

/** Field lengths below this have a precomputed weight. */
export const precomputedLengths = 1024;

/** BM25F over the present statistics of an index; shared by scoring and explaining, so that the two cannot differ. */
export interface Weighting {
  readonly k1: number;
  readonly documents: number;
  idf(df: number): number;
  /** Weight of one occurrence in a field of this length. */
  occurrence(field: number, length: number): number;
  /** Precomputed `occurrence` by field and length. */
  readonly table: readonly Float64Array[];
  averageLength(field: number): number;
}

/** @param weights  by field */
export function createWeighting(
  statistics: Pick<CollectionStatistics, 'documents' | 'averageLength'>,
  { k1, b }: Bm25,
  weights: readonly number[],
): Weighting {
  const { documents } = statistics;
  const averages = weights.map((_, field) => statistics.averageLength(field));
  const occurrence = (field: number, length: number): number =>
    occurrenceWeight(b, weights[field], length, averages[field]);
  const table = weights.map((_, field) => {
    const byLength = new Float64Array(precomputedLengths);
    for (let length = 1; length < precomputedLengths; length++) byLength[length] = occurrence(field, length);
    return byLength;
  });
  return {
    k1,
    documents,
    idf: df => inverseDocumentFrequency(documents, df),
    occurrence,
    table,
    averageLength: field => averages[field],
  };
}
