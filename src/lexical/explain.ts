import { termScore } from './bm25.js';
import type { SegmentProximity } from './proximity.js';
import type { QueryTerm } from './query-terms.js';
import type { PostingIterator, SegmentReader } from './segment-reader.js';
import type { Weighting } from './weighting.js';

/** Why a document has its score: the value of a sum is that of its details added up in order. */
export interface Explanation {
  readonly value: number;
  readonly description: string;
  readonly details: readonly Explanation[];
}

export const explainValue = (value: number, description: string): Explanation => ({ value, description, details: [] });

/** Adds up parts in their order. */
export const explainSum = (description: string, details: readonly Explanation[]): Explanation => ({
  value: details.reduce((sum, part) => sum + part.value, 0),
  description,
  details,
});

/** What multiplies the idf of a term beside its repeats, where it is not 1. */
export const explainFactors = (factors: Readonly<Record<string, number>>): Explanation[] =>
  Object.entries(factors).flatMap(([name, value]) => (value === 1 ? [] : [explainValue(value, name)]));

/**
 * A term's share of the score of the document that its postings stand at.
 * @param names  of the fields, by number
 * @param fields  numbers of those that count
 * @param factors  of the weight of the term beside idf and repeats, by name
 */
export function explainTerm(
  segment: SegmentReader,
  weighting: Weighting,
  { term, repeats, df, idf, weight }: QueryTerm,
  postings: PostingIterator,
  names: readonly string[],
  fields: readonly number[],
  factors: Readonly<Record<string, number>>,
  origin?: string,
): Explanation {
  const frequency = explainFrequency(segment, weighting, postings.doc, names, fields, 'tf', field =>
    postings.frequency(field),
  );
  const scaled = explainFactors(factors);
  const extra = scaled.map(({ description }) => ` * ${description}`).join('');
  return {
    value: termScore(weighting.k1, weight, frequency.value),
    description: `term ${JSON.stringify(term)}${origin === undefined ? '' : ` (${origin})`}, idf * repeats${extra} * frequency / (k1 + frequency)`,
    details: [
      explainValue(idf, `idf: N ${weighting.documents}, df ${df}`),
      explainValue(repeats, 'repeats of the term in the query'),
      explainValue(weighting.k1, 'k1'),
      frequency,
      ...scaled,
    ],
  };
}

/** The frequency in all fields as BM25F adds it up. @param name  of what occurs; @param count  how often it does, by field */
export function explainFrequency(
  segment: SegmentReader,
  weighting: Weighting,
  doc: number,
  names: readonly string[],
  fields: readonly number[],
  name: string,
  count: (field: number) => number,
): Explanation {
  const parts = fields.flatMap(field => {
    const tf = count(field);
    if (tf === 0) return [];
    const length = segment.fieldLength(field, doc);
    const average = weighting.averageLength(field);
    const text = `${names[field]}: ${name} ${tf}, length ${length}, average length ${average}`;
    return [explainValue(tf * weighting.occurrence(field, length), text)];
  });
  return explainSum('frequency, weighted and normalised, sum of the fields', parts);
}

/** Adds the proximity of a document to what its terms give it. */
export function explainProximity(terms: Explanation, proximity: SegmentProximity, doc: number): Explanation {
  const parts: Explanation[] = [];
  proximity.measure(doc, (value, describe) => parts.push(explainValue(value, describe())));
  return explainSum('score, sum of the terms and their proximity', [terms, explainSum('proximity', parts)]);
}
