import { TandemError } from '../errors/tandem-error.js';

/** k1 >= 0: how slowly repeated terms stop counting; b in [0, 1]: how much a long field is held against its document. */
export interface Bm25 {
  readonly k1: number;
  readonly b: number;
}

/** @throws TandemError 'config/bad-value' naming the bound */
export function checkBm25({ k1, b }: Bm25): void {
  if (!(k1 >= 0 && Number.isFinite(k1)))
    throw new TandemError('config/bad-value', `BM25: k1 must be at least 0, got ${k1}`);
  if (!(b >= 0 && b <= 1)) throw new TandemError('config/bad-value', `BM25: b must be in [0, 1], got ${b}`);
}

/**
 * idf = ln(1 + (N - df + .5) / (df + .5)): Robertson & Sparck Jones with Lucene's 1 inside the logarithm, so always positive.
 * @param documents  N >= df
 * @param df  documents that hold the term, in any field
 */
export const inverseDocumentFrequency = (documents: number, df: number): number =>
  Math.log(1 + (documents - df + 0.5) / (df + 0.5));

/**
 * What one occurrence of a term in a field counts: weight / (1 - b + b * length / average).
 * BM25F (Zaragoza et al., TREC 2004; Robertson & Zaragoza 2009, 3.6): each field is normalised by its own average length,
 * the weighted frequencies of all fields are added, and only the sum is saturated, so that a term in two fields is not counted
 * as two terms.
 * @param length  terms in this field of the document, >= 1
 * @param average  over the documents whose field is not empty, >= 1
 */
export const occurrenceWeight = (b: number, weight: number, length: number, average: number): number =>
  weight / (1 - b + (b * length) / average);

/**
 * A term's share of the score: idf * x / (k1 + x), x = weighted frequency. With one field of weight 1 this is
 * idf * tf / (tf + k1 * (1 - b + b * length / average)), Lucene's BM25 without its rounding of lengths.
 */
export const termScore = (k1: number, idf: number, weightedFrequency: number): number =>
  (idf * weightedFrequency) / (k1 + weightedFrequency);
