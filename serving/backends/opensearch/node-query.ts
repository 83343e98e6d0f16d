import type { QueryPlan } from '../../../src/lexical/prepared-query.js';
import type { LeafTerm, PhraseNode, QueryNode, TermsNode } from '../../../src/lexical/tree/node.js';
import { anyOf, clauseQuery, everything, nothing } from './clause-query.js';
import type { Json } from './cluster.js';
import { type Lookups, termQuery } from './lookups.js';
import { fieldName } from './names.js';
import { phraseQuery } from './phrase-query.js';
import { unsupported } from './unsupported.js';

export interface NodeOptions {
  readonly lookups: Pick<Lookups, 'texts'>;
  /** names of the fields by their numbers */
  readonly fields: readonly string[];
  /** whether it is counted what matches, and not what is best */
  readonly counts: boolean;
}

const all = (queries: readonly Json[]): Json => ({ bool: { filter: queries } });

/**
 * A compiled query as a cluster is asked it: the same documents, with scores near those of BM25F. A term counts as in the field where it counts most
 * (mapping.ts has the saturation of each field); what is best is told by the engine, of more documents than are wanted.
 * @throws TandemError 'cluster/unsupported'
 */
export function nodeQuery(node: QueryNode, options: NodeOptions): Json {
  switch (node.kind) {
    case 'every':
      return everything;
    case 'filter':
      return all([clauseQuery(node.clause, options.lookups)]);
    case 'unscored':
      return all([nodeQuery(node.node, { ...options, counts: true })]);
    case 'phrase':
      return phraseNode(node, options);
    case 'terms':
      return termsNode(node, options);
    case 'bool':
      return {
        bool: {
          must: node.must.map(each => nodeQuery(each, options)),
          should: node.should.map(each => nodeQuery(each, options)),
          must_not: node.mustNot.map(each => nodeQuery(each, { ...options, counts: true })),
          minimum_should_match: node.minimumShould,
          ...(node.must.length + node.should.length === 0 && { filter: [everything] }),
        },
      };
  }
}

function termsNode({ terms, all: whole, fields }: TermsNode, options: NodeOptions): Json {
  const finding = terms.filter(({ optional }) => !optional);
  if (finding.length === 0) return nothing;
  const names = fields?.map(field => options.fields[field]);
  const holds = ({ term }: LeafTerm): Json =>
    names === undefined ? { term: { terms: term } } : anyOf(names.map(name => termQuery(fieldName(name), term)));
  const matches = whole
    ? all(finding.map(holds))
    : names === undefined
      ? { terms: { terms: finding.map(({ term }) => term) } }
      : anyOf(finding.map(holds));
  if (options.counts) return matches;
  const scored = terms.map(leaf => {
    const boost = leaf.idf > 0 ? leaf.weight / leaf.idf : 1;
    const queries = (names ?? options.fields).map(name => termQuery(fieldName(name), leaf.term));
    return { dis_max: { queries, tie_breaker: 0.1, boost } };
  });
  return { bool: { filter: [matches], should: scored, minimum_should_match: 0 } };
}

function phraseNode({ terms, words, slop, fields, boost }: PhraseNode, { fields: names, counts }: NodeOptions): Json {
  if (counts && slop > 0 && words.length > 2)
    throw unsupported('how many documents hold three words or more near one another (a phrase with slop)');
  const places = words.map(({ term, offset }) => {
    const { term: first, others = [] } = terms[term];
    return { terms: [first, ...others.map(other => other.term)], offset };
  });
  const queries = fields.map(field => phraseQuery(fieldName(names[field]), places, slop));
  return counts ? anyOf(queries) : { dis_max: { queries, tie_breaker: 0.1, boost } };
}

/** What counts the documents that match a question, and pass its filter; and what documents must meet that are found in another way. */
export function matchQueries({ node, filter, fields }: QueryPlan, lookups: Pick<Lookups, 'texts'>): Json {
  if (node === undefined) return nothing;
  const conditions = filter.map(clause => clauseQuery(clause, lookups));
  return all([nodeQuery(node, { lookups, fields, counts: true }), ...conditions]);
}

/** @returns undefined where every document may be found */
export function eligibleQuery(
  { demanded, filter, fields }: QueryPlan,
  lookups: Pick<Lookups, 'texts'>,
): Json | undefined {
  const conditions = filter.map(clause => clauseQuery(clause, lookups));
  if (demanded !== undefined) conditions.push(nodeQuery(demanded, { lookups, fields, counts: true }));
  return conditions.length === 0 ? undefined : all(conditions);
}
