import { type Bm25, inverseDocumentFrequency, occurrenceWeight, termScore } from './bm25.js';
import type { InvertedIndex } from './inverted-index.js';
import { maxFrequency, type PostingList } from './posting-list.js';

/** Longest field length with a precomputed weight. */
const longestPrecomputed = 1024;

/** BM25F over the present statistics of an index; shared by scoring and explaining, so that the two cannot differ. */
export interface Weighting {
  readonly k1: number;
  idf(df: number): number;
  /** Weight of one occurrence in a field of this length. */
  occurrence(field: number, length: number): number;
  /** Precomputed `occurrence` by field and length. */
  readonly table: readonly Float64Array[];
}

/** @param weights  by field */
export function createWeighting(index: InvertedIndex, { k1, b }: Bm25, weights: readonly number[]): Weighting {
  const averages = weights.map((_, field) => index.averageLength(field));
  const occurrence = (field: number, length: number): number =>
    occurrenceWeight(b, weights[field], length, averages[field]);
  const table = weights.map((_, field) =>
    Float64Array.from({ length: longestPrecomputed }, (_value, length) =>
      length === 0 ? 0 : occurrence(field, length),
    ),
  );
  return { k1, idf: df => inverseDocumentFrequency(index.size, df), occurrence, table };
}

/** Room for the scores of one query; kept between queries and all zero between them. */
export interface Accumulator {
  /** by slot */
  scores: Float64Array;
  /** slots whose score was set, in the order they were met */
  touched: Uint32Array;
  count: number;
}

/** Adds a term's score to every document that holds it. @param weight  idf times how often the query asks for the term */
export function accumulate(
  postings: PostingList,
  weight: number,
  { k1, table, occurrence }: Weighting,
  index: InvertedIndex,
  into: Accumulator,
): void {
  const { data, length } = postings;
  const { scores, touched } = into;
  const lengths = index.lengths.map(values => values.data);
  let count = into.count;
  for (let i = 0; i < length; ) {
    const slot = data[i];
    let frequency = 0;
    do {
      const field = data[i + 1] >>> 24;
      const fieldLength = lengths[field][slot];
      const each = fieldLength < longestPrecomputed ? table[field][fieldLength] : occurrence(field, fieldLength);
      frequency += (data[i + 1] & maxFrequency) * each;
      i += 2;
    } while (i < length && data[i] === slot);
    const before = scores[slot];
    if (before === 0) touched[count++] = slot;
    scores[slot] = before + termScore(k1, weight, frequency);
  }
  into.count = count;
}
