import type { BagQuery, PhraseQuery } from '../../query/query.js';
import { type AskedTerms, findsByTerm, isOptional, type PlacedTerm } from '../../text/asked-terms.js';
import { typedTerm } from '../../text/expand-query.js';
import { findingTerms, findTerm, type QueryTerm, weighTerms } from '../query-terms.js';
import { countWanted, optionalIn, originIn, originOf } from '../wanted-terms.js';
import { bounds } from './bounds.js';
import { affordable, type Compilation, countWritten, fieldsOf } from './compilation.js';
import type { LeafTerm, PhraseNode, PhraseTerm, QueryNode, TermsNode } from './node.js';
import { phraseWordings, type Wording, writtenWords } from './written-words.js';

/** Where a leaf looks, and what it counts. */
interface LeafOptions {
  /** all when absent */
  readonly fields?: readonly number[];
  readonly boost: number;
}

/**
 * The words of a text, any of them or all, with the other ways to write them: single terms, and phrases where a way has several words.
 * @param whole  whether of any words one must be there with all of its parts: `+t-shirt` asks for no shirt alone
 * @param asked  what the text asks for
 */
export function compileBag(
  state: Compilation,
  { bag }: BagQuery,
  outer: number,
  whole: boolean,
  asked: readonly AskedTerms[] = state.view.asked(bag.text),
): QueryNode | undefined {
  if (asked.length === 0) return undefined;
  const leaf: LeafOptions = { fields: fieldsOf(state, bag), boost: outer * (bag.boost ?? 1) };
  const all = bag.operator === 'all';
  if (!all && !whole) return anyOf(state, asked, leaf, 'affordable');
  const words = writtenWords(bag.text, asked);
  const single = words.every(wordings => wordings.length === 1 && wordings[0].terms.length === 1);
  if (single) return all ? allTerms(state, words, asked, leaf) : anyOf(state, asked, leaf);
  const demands = words.map(wordings => anyWording(state, wordings, leaf.fields));
  return {
    kind: 'bool',
    must: [{ kind: 'unscored', node: all ? boolOf(demands, []) : anyNode(demands) }],
    should: [anyOf(state, asked, leaf)],
    mustNot: [],
    minimumShould: 1,
  };
}

const boolOf = (must: readonly QueryNode[], should: readonly QueryNode[]): QueryNode => ({
  kind: 'bool',
  must,
  should,
  mustNot: [],
  minimumShould: should.length > 0 ? 1 : 0,
});

const anyNode = (nodes: readonly QueryNode[]): QueryNode => (nodes.length === 1 ? nodes[0] : boolOf([], nodes));

/** Everything that a text asks for, each by itself. @param which  where documents are found by other words too, those that cost too much may be left out */
function anyOf(
  state: Compilation,
  asked: readonly AskedTerms[],
  leaf: LeafOptions,
  which: 'all' | 'affordable' = 'all',
): QueryNode {
  const counts = countWanted(asked);
  const asTyped = asked.every(each => each.origin === 'typed' && each.terms.length === 1);
  const originOfTerm = asTyped ? () => undefined : originIn(asked);
  const { stored, memory, weighting } = state.view;
  // of a long text the heaviest words are enough
  const optional = asTyped ? undefined : optionalIn(asked);
  const weighed = weighTerms(stored, memory, weighting, counts, leaf.boost, optional).slice(0, bounds.terms);
  const known = which === 'all' ? weighed : affordable(state, weighed);
  const together = asTyped ? [] : asked.filter(each => !findsByTerm(each)).slice(0, bounds.alternatives);
  const phrases = together.flatMap(each => {
    const weighed = { ...leaf, boost: leaf.boost * each.weight };
    return phraseNode(state, each.terms, 0, weighed, originOf(each)) ?? [];
  });
  countWritten(state, known.length + phrases.length);
  const terms: TermsNode = {
    kind: 'terms',
    terms: known.map(term => leafTerm(term, originOfTerm(term.term))),
    all: false,
    ...leaf,
  };
  if (phrases.length === 0) return terms;
  return anyNode(counts.size === 0 ? phrases : [terms, ...phrases]);
}

/** One literal for each kind: every query makes some of these. */
function leafTerm(
  { term, repeats, df, idf, weight, ordinals, optional }: QueryTerm,
  origin: string | undefined,
): LeafTerm {
  const found = { term, repeats, df, idf, weight, ordinals, share: 1, origin };
  return optional ? { ...found, optional } : found;
}

/** The terms of words that can be written in one way only, and what the stop words beside them add. */
function allTerms(
  state: Compilation,
  words: readonly (readonly Wording[])[],
  asked: readonly AskedTerms[],
  leaf: LeafOptions,
): TermsNode {
  const { stored, memory, weighting } = state.view;
  const counts = new Map<string, number>();
  for (const [{ terms }] of words) counts.set(terms[0].term, (counts.get(terms[0].term) ?? 0) + 1);
  const all = counts.size;
  for (const { terms, weight, origin } of asked) {
    if (!isOptional({ origin })) continue;
    for (const { term } of terms) counts.set(term, (counts.get(term) ?? 0) + weight);
  }
  const known = weighTerms(stored, memory, weighting, counts, leaf.boost, optionalIn(asked));
  const kept = findingTerms(known) < all ? [] : known;
  countWritten(state, kept.length);
  return { kind: 'terms', terms: kept.map(term => ({ ...term, share: 1 })), all: true, ...leaf };
}

/** The documents that hold a word in one of its wordings. */
function anyWording(state: Compilation, wordings: readonly Wording[], fields: LeafOptions['fields']): QueryNode {
  const leaf = { fields, boost: 1 };
  const single = wordings.filter(({ terms }) => terms.length === 1).map(({ terms }) => terms[0].term);
  const several = wordings.filter(({ terms }) => terms.length > 1).slice(0, bounds.alternatives);
  const nodes = several.flatMap(({ terms, anywhere, slop }): QueryNode[] => {
    countWritten(state, terms.length);
    if (anywhere) return [termsNode(state, terms, true, leaf)];
    const phrase = phraseNode(state, terms, slop, leaf);
    return phrase === undefined ? [] : [phrase];
  });
  if (single.length === 0 && nodes.length > 0) return anyNode(nodes);
  countWritten(state, single.length);
  return anyNode([
    termsNode(
      state,
      single.map(term => ({ term })),
      false,
      leaf,
    ),
    ...nodes,
  ]);
}

function termsNode(
  { view: { stored, memory, weighting } }: Compilation,
  terms: readonly { readonly term: string }[],
  all: boolean,
  leaf: LeafOptions,
): TermsNode {
  const counts = new Map(terms.map(({ term }) => [term, 1]));
  const known = weighTerms(stored, memory, weighting, counts, leaf.boost);
  const kept = all && known.length < counts.size ? [] : known;
  return { kind: 'terms', terms: kept.map(term => ({ ...term, share: 1 })), all, ...leaf };
}

export function compilePhrase(state: Compilation, { phrase }: PhraseQuery, outer: number): QueryNode | undefined {
  const { text, slop = 0 } = phrase;
  const tokens = state.analyzer.analyze(text);
  if (tokens.length === 0) return undefined;
  if (tokens.length === 1) {
    // neither corrected nor replaced by a synonym
    const written = state.view.asked(text).filter(({ origin }) => origin !== 'corrected' && origin !== 'synonym');
    const asked = written.length > 0 ? written : [typedTerm(text, tokens[0])];
    return compileBag(state, { bag: phrase }, outer, true, asked);
  }
  const leaf = { fields: fieldsOf(state, phrase), boost: outer * (phrase.boost ?? 1) };
  const typed = tokens.map(token => typedTerm(text, token));
  const wordings = phraseWordings(text, typed, state.view.asked(text)).slice(0, bounds.alternatives);
  const nodes = wordings.flatMap(({ terms }): QueryNode[] => {
    countWritten(state, terms.length);
    if (terms.length === 1) return [termsNode(state, terms, false, leaf)];
    const node = phraseNode(state, terms, slop, leaf);
    return node === undefined ? [] : [node];
  });
  return nodes.length === 0 ? { kind: 'terms', terms: [], all: true, boost: leaf.boost } : anyNode(nodes);
}

/** @param placed  two or more. @returns undefined where no document holds one of the terms */
function phraseNode(
  { view: { stored, memory, fields: names, weighting } }: Compilation,
  placed: readonly PlacedTerm[],
  slop: number,
  { fields = names.map((_, field) => field), boost }: LeafOptions,
  origin?: string,
): PhraseNode | undefined {
  const keys = placed.map(({ term, others = [] }) => [term, ...others].join('\0'));
  const distinct = [...new Set(keys)];
  const terms = distinct.flatMap(
    key => phraseTerm(key.split('\0').map(term => ({ term, ...findTerm(stored, memory, term) }))) ?? [],
  );
  if (terms.length < distinct.length) return undefined;
  const words = placed.map(({ position }, i) => ({ term: distinct.indexOf(keys[i]), offset: position }));
  const idf = words.reduce((sum, { term }) => sum + weighting.idf(terms[term].df), 0);
  return { kind: 'phrase', terms, words, slop, fields, idf, boost, weight: idf * boost, origin };
}

/** A word of a phrase in the forms that documents hold; undefined where they hold none. */
function phraseTerm(forms: readonly PhraseTerm[]): PhraseTerm | undefined {
  const [first, ...others] = forms.filter(({ df }) => df > 0);
  return first === undefined || others.length === 0 ? first : { ...first, others };
}
