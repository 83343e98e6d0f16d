import { TandemError } from '../../errors/tandem-error.js';
import type { BagQuery, BoolQuery, FuzzyQuery, PhraseQuery, PrefixQuery, Query } from '../../query/query.js';
import type { Analyzer, Token } from '../../text/analyzer.js';
import { prefixForms } from '../../text/prefix-forms.js';
import type { IndexView } from '../index-view.js';
import { findTerm, weighTerms } from '../query-terms.js';
import { countWanted, originIn } from '../wanted-terms.js';
import { bounds } from './bounds.js';
import { expandFuzzy, expandPrefix, usualEdits } from './expand.js';
import type { LeafTerm, PhraseTerm, QueryNode, TermsNode } from './node.js';

interface Compilation {
  readonly view: IndexView;
  readonly analyzer: Analyzer;
  /** terms that the query itself names, so far */
  written: number;
  /** the terms that its prefixes and fuzzy words stand for, by leaf; cut when all are known */
  readonly expanded: LeafTerm[][];
}

/**
 * Analyses the texts of a query and weighs its terms over the whole index. A leaf whose text holds no term (stop words, signs) asks nothing:
 * it is left out of the clauses that it stands among, and a `minimumShould` that cannot be met for that alone asks for all that are left.
 * @returns undefined where the whole query asks nothing
 * @throws TandemError 'request/invalid': over 1,024 terms written, over 16 prefixes and fuzzy words, or clauses nested over 32 deep
 */
export function compileQuery(query: Query, view: IndexView): QueryNode | undefined {
  const state: Compilation = { view, analyzer: view.analyzer, written: 0, expanded: [] };
  const node = compileNode(state, query, 1, 0);
  cutExpansions(state);
  return node;
}

function compileNode(state: Compilation, query: Query, boost: number, depth: number): QueryNode | undefined {
  if (depth > bounds.depth)
    throw new TandemError('request/invalid', `query: clauses may be nested ${bounds.depth} deep at most`);
  if ('bag' in query) return compileBag(state, query, boost);
  if ('phrase' in query) return compilePhrase(state, query, boost);
  if ('prefix' in query) return compilePrefix(state, query, boost);
  if ('fuzzy' in query) return compileFuzzy(state, query, boost);
  if ('filter' in query) return { kind: 'filter', clause: state.view.ready(query.filter) };
  if ('all' in query) return { kind: 'every', score: boost };
  return compileBool(state, query, boost, depth);
}

/** Terms that are looked up as they are, any of them. */
export function compileTerms(terms: readonly string[], view: IndexView): QueryNode {
  const { stored, memory, weighting } = view;
  const known = weighTerms(stored, memory, weighting, countTerms(terms)).slice(0, bounds.terms);
  return { kind: 'terms', terms: known.map(term => ({ ...term, share: 1 })), all: false, boost: 1 };
}

function countTerms(terms: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}

function compileBag(state: Compilation, { bag }: BagQuery, outer: number): QueryNode | undefined {
  const { view, analyzer } = state;
  const boost = outer * (bag.boost ?? 1);
  const all = bag.operator === 'all';
  // who asks for all words means these words
  const wanted = all ? [] : view.termsOf(bag.text);
  const counts = all ? countTerms(analyzer.analyze(bag.text).map(({ term }) => term)) : countWanted(wanted);
  const originOf = originIn(wanted);
  if (counts.size === 0) return undefined;
  const known = weighTerms(view.stored, view.memory, view.weighting, counts, boost);
  const terms = all && known.length < counts.size ? [] : known;
  // of a long text the heaviest words are enough
  const kept = all ? terms : terms.slice(0, bounds.terms);
  countWritten(state, kept.length);
  return {
    kind: 'terms',
    terms: kept.map(term => ({ ...term, share: 1, origin: originOf(term.term) })),
    all,
    fields: fieldsOf(state, bag),
    boost,
  };
}

function compilePhrase(state: Compilation, { phrase }: PhraseQuery, outer: number): QueryNode | undefined {
  const tokens = state.analyzer.analyze(phrase.text);
  if (tokens.length === 0) return undefined;
  if (tokens.length === 1) return compileBag(state, { bag: phrase }, outer);
  countWritten(state, tokens.length);
  const { stored, memory, weighting, fields } = state.view;
  const names = [...new Set(tokens.map(({ term }) => term))];
  const terms: PhraseTerm[] = names.map(term => ({ term, ...findTerm(stored, memory, term) }));
  const boost = outer * (phrase.boost ?? 1);
  const searched = fieldsOf(state, phrase) ?? fields.map((_, field) => field);
  if (terms.some(({ df }) => df === 0)) return { kind: 'terms', terms: [], all: true, boost };
  const words = tokens.map(({ term, position }) => ({
    term: names.indexOf(term),
    offset: position - tokens[0].position,
  }));
  const idf = words.reduce((sum, { term }) => sum + weighting.idf(terms[term].df), 0);
  return {
    kind: 'phrase',
    terms,
    words,
    slop: phrase.slop ?? 0,
    fields: searched,
    idf,
    boost,
    weight: idf * boost,
  };
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

function compileBool(state: Compilation, { bool }: BoolQuery, outer: number, depth: number): QueryNode | undefined {
  const boost = outer * (bool.boost ?? 1);
  const compileAll = (clauses: readonly Query[] = []): QueryNode[] =>
    clauses.flatMap(clause => compileNode(state, clause, boost, depth + 1) ?? []);
  const [must, should, mustNot] = [compileAll(bool.must), compileAll(bool.should), compileAll(bool.mustNot)];
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

/** Numbers of the fields that a leaf looks in; undefined = all. A name that is not indexed has no terms. */
function fieldsOf({ view }: Compilation, { fields }: { readonly fields?: readonly string[] }): number[] | undefined {
  const { searched } = view;
  const names = view.fields;
  const numbers = names.flatMap((name, field) => {
    const wanted = fields === undefined || fields.includes(name);
    return wanted && (searched === undefined || searched.has(field)) ? [field] : [];
  });
  return numbers.length === names.length ? undefined : numbers;
}

function countWritten(state: Compilation, terms: number): void {
  state.written += terms;
  if (state.written > bounds.terms)
    throw new TandemError('request/invalid', `query: at most ${bounds.terms} terms in all its clauses`);
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
