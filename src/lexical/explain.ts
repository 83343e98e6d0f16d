import { termScore } from './bm25.js';
import type { InvertedIndex } from './inverted-index.js';
import { maxFrequency } from './posting-list.js';
import type { Weighting } from './weighting.js';

/** Why a document has its score: the value of a sum is that of its details added up in order. */
export interface Explanation {
  readonly value: number;
  readonly description: string;
  readonly details: readonly Explanation[];
}

const leaf = (value: number, description: string): Explanation => ({ value, description, details: [] });

/**
 * @param terms  of the query, with how often it asks for each, in query order
 * @param fields  names by field number
 */
export function explainDocument(
  index: InvertedIndex,
  weighting: Weighting,
  terms: ReadonlyMap<string, number>,
  fields: readonly string[],
  slot: number,
): Explanation {
  const details: Explanation[] = [];
  let score = 0;
  for (const [term, repeats] of terms) {
    const part = explainTerm(index, weighting, term, repeats, fields, slot);
    if (part === undefined) continue;
    details.push(part);
    score += part.value;
  }
  return { value: score, description: 'score, sum of the terms', details };
}

function explainTerm(
  index: InvertedIndex,
  weighting: Weighting,
  term: string,
  repeats: number,
  fields: readonly string[],
  slot: number,
): Explanation | undefined {
  const postings = index.terms.get(term);
  if (postings === undefined) return undefined;
  const occurrences: Explanation[] = [];
  let frequency = 0;
  for (let i = postings.find(slot); i < postings.length && postings.data[i] === slot; i += 2) {
    const field = postings.data[i + 1] >>> 24;
    const tf = postings.data[i + 1] & maxFrequency;
    const length = index.lengths[field].data[slot];
    const part = tf * weighting.occurrence(field, length);
    frequency += part;
    const average = index.averageLength(field);
    occurrences.push(leaf(part, `${fields[field]}: tf ${tf}, length ${length}, average length ${average}`));
  }
  if (occurrences.length === 0) return undefined;
  const idf = weighting.idf(postings.df);
  return {
    value: termScore(weighting.k1, idf * repeats, frequency),
    description: `term ${JSON.stringify(term)}, idf * repeats * frequency / (k1 + frequency)`,
    details: [
      leaf(idf, `idf: N ${index.size}, df ${postings.df}`),
      leaf(repeats, 'repeats of the term in the query'),
      leaf(weighting.k1, 'k1'),
      { value: frequency, description: 'frequency, weighted and normalised, sum of the fields', details: occurrences },
    ],
  };
}
