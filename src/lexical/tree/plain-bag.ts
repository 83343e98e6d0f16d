import type { Query } from '../../query/query.js';

/** The text of a query that is one bag of words, perhaps beside conditions and exclusions; undefined for any other. */
export function plainBag(query: Query): string | undefined {
  if ('bag' in query) {
    const { text, fields, boost, operator } = query.bag;
    return fields === undefined && boost === undefined && operator !== 'all' ? text : undefined;
  }
  if (!('bool' in query) || query.bool.boost !== undefined) return undefined;
  const { must = [], should = [] } = query.bool;
  const scored = [...must, ...should].filter(clause => !('filter' in clause));
  return scored.length === 1 ? plainBag(scored[0]) : undefined;
}
