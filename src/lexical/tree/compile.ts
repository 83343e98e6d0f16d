import type { QueryToken } from '../../config/rows.js';
import { TandemError } from '../../errors/tandem-error.js';
import type { BoolQuery, FuzzyQuery, PrefixQuery, Query } from '../../query/query.js';
import type { Token } from '../../text/analyzer.js';
import { prefixForms } from '../../text/prefix-forms.js';
import type { IndexView } from '../index-view.js';
import { weighTerms } from '../query-terms.js';
import { bounds } from './bounds.js';
import { type Compilation, countWritten, fieldsOf } from './compilation.js';
import { compileBag, compilePhrase } from './compile-bag.js';
import { expandFuzzy, expandPrefix, usualEdits } from './expand.js';
import type { LeafTerm, QueryNode, TermsNode } from './node.js';

/**
 * Analyses the texts of a query and weighs its terms over the whole index. A leaf whose text holds no term (signs) asks nothing:
 * it is left out of the clauses that it stands among, and a `minimumShould` that cannot be met for that alone asks for all that are left.
 * @returns undefined where the whole query asks nothing
 * @throws TandemError 'request/invalid': over 1,024 terms written, over 16 prefixes and fuzzy words, or clauses nested over 32 deep
 */
export function compileQuery(query: Query, view: IndexView): QueryNode | undefined {
  const state: Compilation = { view, analyzer: view.analyzer, written: 0, postings: bounds.postings, expanded: [] };
  const node = compileNode(state, query, 1, 0, false);
  cutExpansions(state);
  return node;
}

/** @param whole  whether a word must or must not be there: then it is asked for with all of its parts */
function compileNode(
  state: Compilation,
  query: Query,
  boost: number,
  depth: number,
  whole: boolean,
): QueryNode | undefined {
  if (depth > bounds.depth)
    throw new TandemError('request/invalid', `query: clauses may be nested ${bounds.depth} deep at most`);
  if ('bag' in query) return compileBag(state, query, boost, whole);
  if ('phrase' in query) return compilePhrase(state, query, boost);
  if ('prefix' in query) return compilePrefix(state, query, boost);
  if ('fuzzy' in query) return compileFuzzy(state, query, boost);
  if ('filter' in query) return { kind: 'filter', clause: state.view.ready(query.filter) };
  if ('all' in query) return { kind: 'every', score: boost };
  return compileBool(state, query, boost, depth, whole);
}

/** Terms that are looked up as they are, any of them. */
export function compileTerms(terms: readonly QueryToken[], view: IndexView): QueryNode {
  const { stored, memory, weighting } = view;
  const known = weighTerms(stored, memory, weighting, countTerms(terms)).slice(0, bounds.terms);
  return { kind: 'terms', terms: known.map(term => ({ ...term, share: 1 })), all: false, boost: 1 };
}

/** A term counts as much as its tokens weigh together. */
function countTerms(tokens: readonly QueryToken[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const token of tokens) {
    const { term, weight = 1 } = typeof token === 'string' ? { term: token } : token;
    counts.set(term, (counts.get(term) ?? 0) + weight);
  }
  return counts;
}

/** Only the last word is a beginning; those before it, where the text turns out to have several, must all be there. */
function compilePrefix(state: Compilation, { prefix }: PrefixQuery, outer: number): QueryNode | undefined {
  const { view, analyzer } = state;
  const forms = prefixForms(analyzer, prefix.text);
  if (forms === undefined) return undefined;
  const boost = outer * (prefix.boost ?? 1);
  const last = expandedNode(state, prefix, () => expandPrefix(view, forms, boost), boost);
  const before = compileBag(
    state,
    { bag: { ...prefix, text: prefix.text.slice(0, forms.start), operator: 'all' } },
    outer,
    true,
  );
  return before === undefined ? last : allOf([before, last]);
}

/** Where the text turns out to have several words, something near each of them must be there. */
function compileFuzzy(state: Compilation, { fuzzy }: FuzzyQuery, outer: number): QueryNode | undefined {
  const boost = outer * (fuzzy.boost ?? 1);
  const nearTo = ({ term }: Token): QueryNode =>
    expandedNode(state, fuzzy, () => expandFuzzy(state.view, term, fuzzy.edits ?? usualEdits(term), boost), boost);
  const words = state.analyzer.analyze(fuzzy.text);
  if (words.length === 0) return undefined;
  countWritten(state, words.length);
  return words.length === 1 ? nearTo(words[0]) : allOf(words.map(nearTo));
}

function expandedNode(
  state: Compilation,
  leaf: { readonly fields?: readonly string[] },
  expand: () => LeafTerm[],
  boost: number,
): TermsNode {
  if (state.expanded.length === bounds.expanded)
    throw new TandemError('request/invalid', `query: at most ${bounds.expanded} prefixes and fuzzy words`);
  const terms = expand();
  state.expanded.push(terms);
  return { kind: 'terms', terms, all: false, fields: fieldsOf(state, leaf), boost };
}

const allOf = (must: readonly QueryNode[]): QueryNode => ({
  kind: 'bool',
  must,
  should: [],
  mustNot: [],
  minimumShould: 0,
});

function compileBool(
  state: Compilation,
  { bool }: BoolQuery,
  outer: number,
  depth: number,
  whole: boolean,
): QueryNode | undefined {
  const boost = outer * (bool.boost ?? 1);
  const compileAll = (clauses: readonly Query[] = [], required = true): QueryNode[] =>
    clauses.flatMap(clause => compileNode(state, clause, boost, depth + 1, required) ?? []);
  const [must, should, mustNot] = [compileAll(bool.must), compileAll(bool.should, whole), compileAll(bool.mustNot)];
  const asked = (bool.must?.length ?? 0) + (bool.should?.length ?? 0) + (bool.mustNot?.length ?? 0);
  if (asked > 0 && must.length + should.length + mustNot.length === 0) return undefined;
  const usual = (bool.must?.length ?? 0) > 0 || !bool.should?.length ? 0 : 1;
  const wanted = bool.minimumShould ?? usual;
  const leftOut = should.length < (bool.should?.length ?? 0);
  return {
    kind: 'bool',
    must,
    should,
    mustNot,
    minimumShould: leftOut ? Math.min(wanted, should.length) : wanted,
  };
}

/** Leaves out the rarest expansions where all leaves together have too many terms. */
function cutExpansions({ written, expanded }: Compilation): void {
  const room = bounds.terms - written;
  const all = expanded.flatMap((terms, leaf) => terms.map(term => ({ leaf, term })));
  if (all.length <= room) return;
  const kept = new Set(
    all
      .sort((a, b) => b.term.df - a.term.df || a.leaf - b.leaf)
      .slice(0, room)
      .map(({ term }) => term),
  );
  for (const terms of expanded) terms.splice(0, terms.length, ...terms.filter(term => kept.has(term)));
}
