import type { Query } from '../../query/query.js';

/**
 * The part of a query that a document must meet however it was found: what filters the vector side of a search. Words alone ask for nothing: the
 * vectors stand for them. A phrase, a bag of all words, a filter, and what a clause says must or must not match, hold for every document.
 * @returns undefined where there is none
 */
export function requirements(query: Query): Query | undefined {
  if ('filter' in query || 'phrase' in query) return query;
  if ('bag' in query) return query.bag.operator === 'all' ? query : undefined;
  if (!('bool' in query)) return undefined;
  const { must = [], mustNot = [] } = query.bool;
  if (must.length + mustNot.length === 0) return undefined;
  return { bool: { must, mustNot } };
}
