import type { Query } from '../../query/query.js';
import type { QueryNode, TermsNode } from './node.js';

/** A query whose score comes from any of some terms alone, and the parts that only say which documents may have it. */
export interface PlainTerms {
  readonly terms: TermsNode;
  readonly required: readonly QueryNode[];
  readonly excluded: readonly QueryNode[];
}

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

/** Such a query as one can be pruned by the bounds of its terms. @returns undefined where the query is not of that form */
export function plainTerms(node: QueryNode): PlainTerms | undefined {
  if (node.kind === 'terms') {
    return node.all || node.fields !== undefined ? undefined : { terms: node, required: [], excluded: [] };
  }
  if (node.kind !== 'bool') return undefined;
  const { must, should, mustNot, minimumShould } = node;
  if (minimumShould > should.length) return undefined;
  const scored = must.filter(each => !isUnscored(each));
  if (should.length === 1 && minimumShould === 1) scored.push(should[0]);
  else if (should.length > 0) return undefined;
  const inner = scored.length === 1 ? plainTerms(scored[0]) : undefined;
  return (
    inner && {
      terms: inner.terms,
      required: [...inner.required, ...must.filter(isUnscored)],
      excluded: [...inner.excluded, ...mustNot],
    }
  );
}

/** Whether every document gets 0 from it. */
function isUnscored(node: QueryNode): boolean {
  if (node.kind === 'filter' || node.kind === 'unscored') return true;
  return node.kind === 'bool' && [...node.must, ...node.should].every(isUnscored);
}
