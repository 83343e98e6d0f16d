import type { QueryWord } from '../match.js';
import { type Feature, ofQuery } from './feature.js';

const telling = (words: readonly QueryWord[]): readonly QueryWord[] => words.filter(({ optional }) => !optional);

export const queryWords: Feature = ofQuery(
  'words of the query without stop words and units, >= 0',
  ({ matches }) => telling(matches().words).length,
);

export const queryNumbers: Feature = ofQuery(
  'words of the query with digits, >= 0',
  ({ matches }) => matches().words.filter(({ number }) => number).length,
);

export const queryRarest: Feature = ofQuery('greatest idf of a word of the query, >= 0', ({ matches }) =>
  telling(matches().words).reduce((most, { idf }) => Math.max(most, idf), 0),
);

export const queryMeanIdf: Feature = ofQuery('mean idf of the words of the query; NaN without any', ({ matches }) => {
  const words = telling(matches().words);
  return words.reduce((sum, { idf }) => sum + idf, 0) / words.length;
});

export const queryUnknown: Feature = ofQuery(
  'words of the query that no document holds, >= 0',
  ({ matches }) => telling(matches().words).filter(({ known }) => !known).length,
);

export const queryCorrected: Feature = ofQuery(
  'words of the query that stand for mistyped ones, >= 0',
  ({ matches }) => matches().words.filter(({ corrected }) => corrected).length,
);

export const queryLength: Feature = ofQuery('length of the query in UTF-16 units', ({ query }) => query.text.length);

/** How far the sides agree: of the ten best of each side those that both have / 10. */
export const agreement: Feature = ofQuery(
  'share of the ten best of a side that both sides have, [0, 1]',
  ({ column }) => {
    const [token, vector] = [column('tokenRank'), column('vectorRank')];
    return token.reduce((count, rank, row) => count + (rank <= 10 && vector[row] <= 10 ? 1 : 0), 0) / 10;
  },
);
