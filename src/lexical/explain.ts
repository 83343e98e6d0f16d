import { termScore } from './bm25.js';
import type { SegmentCloseness } from './closeness.js';
import type { QueryTerm } from './query-terms.js';
import type { PostingIterator, SegmentReader } from './segment-reader.js';
import type { Weighting } from './weighting.js';

/** Why a document has its score: the value of a sum is that of its details added up in order. */
export interface Explanation {
  readonly value: number;
  readonly description: string;
  readonly details: readonly Explanation[];
}

const leaf = (value: number, description: string): Explanation => ({ value, description, details: [] });

/** What explaining needs beside the terms. */
export interface Explained {
  readonly doc: number;
  /** names by field number */
  readonly fields: readonly string[];
  /** how the query came to ask for a term that was not typed */
  readonly originOf?: (term: string) => string | undefined;
  /** before its first document; absent where it does not count */
  readonly closeness?: SegmentCloseness;
}

/** @param terms  of the query, in the order in which scores are added up */
export function explainDocument(
  segment: SegmentReader,
  weighting: Weighting,
  terms: readonly QueryTerm[],
  { doc, fields, originOf, closeness }: Explained,
): Explanation {
  const details: Explanation[] = [];
  for (const term of terms) {
    const postings = segment.postings(term.term);
    if (postings === undefined || postings.advance(doc) !== doc) continue;
    details.push(explainTerm(segment, weighting, term, postings, fields, originOf?.(term.term)));
  }
  if (details.length > 0) closeness?.measure(doc, (value, describe) => details.push(leaf(value, describe())));
  const score = details.reduce((sum, { value }) => sum + value, 0);
  return { value: score, description: 'score, sum of the parts', details };
}

function explainTerm(
  segment: SegmentReader,
  weighting: Weighting,
  { term, repeats, df, idf, weight }: QueryTerm,
  postings: PostingIterator,
  fields: readonly string[],
  origin: string | undefined,
): Explanation {
  const occurrences: Explanation[] = [];
  let frequency = 0;
  fields.forEach((name, field) => {
    const tf = postings.frequency(field);
    if (tf === 0) return;
    const length = segment.fieldLength(field, postings.doc);
    const part = tf * weighting.occurrence(field, length);
    frequency += part;
    const average = weighting.averageLength(field);
    occurrences.push(leaf(part, `${name}: tf ${tf}, length ${length}, average length ${average}`));
  });
  return {
    value: termScore(weighting.k1, weight, frequency),
    description: `term ${JSON.stringify(term)}${origin === undefined ? '' : ` (${origin})`}, idf * repeats * frequency / (k1 + frequency)`,
    details: [
      leaf(idf, `idf: N ${weighting.documents}, df ${df}`),
      leaf(repeats, 'repeats of the term in the query'),
      leaf(weighting.k1, 'k1'),
      { value: frequency, description: 'frequency, weighted and normalised, sum of the fields', details: occurrences },
    ],
  };
}
