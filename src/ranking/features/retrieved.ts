/**
 * What the sides of a search say of a candidate. Retrieved features are those of the side that found it, NaN where that side did not; the others are computed
 * for every candidate, so that a missing score is never taken for a bad one.
 */
export const retrievedFeatures = {
  /** score of the token side, BM25 with proximity among its best; NaN where it did not find the document */
  tokenScore: 'score of the token side where it found the document',
  /** from 1 */
  tokenRank: 'rank on the token side where it found the document',
  /** cosine, [-1, 1]; NaN where the vector side did not find the document */
  vectorScore: 'cosine where the vector side found the document',
  /** from 1 */
  vectorRank: 'rank on the vector side where it found the document',
  /** share of the query, by idf, that some document holds, (0, 1]; the same in every row */
  coverage: 'share of the query that the token index knows',
  /** >= 0; 0 where the document does not match */
  bm25: 'BM25 of the document, whichever side found it',
  /** >= 0; 0 where there are no two known words in the query */
  proximity: 'how many words of the query the document holds, and how near',
  /** [-1, 1]; NaN where the document has no embedding */
  cosine: 'cosine of query and document, whichever side found it',
} as const;

export type RetrievedFeature = keyof typeof retrievedFeatures;
