import type { ReadyClause } from '../../columns/ready-filter.js';
import type { QueryTerm, TermPlaces } from '../query-terms.js';

/** A compiled query: leaves know their terms with their weights, boosts are multiplied into them; the same for every segment. */
export type QueryNode = TermsNode | PhraseNode | FilterNode | EveryNode | BoolNode | UnscoredNode;

/** A term of a leaf. */
export interface LeafTerm extends QueryTerm {
  /** 1 / (1 + edits) where a fuzzy leaf found it, otherwise 1; part of the weight */
  readonly share: number;
  /** how the query came to ask for it, where it was not typed */
  readonly origin?: string;
}

/** Sum of the terms that a document holds, in their order. */
export interface TermsNode {
  readonly kind: 'terms';
  readonly terms: readonly LeafTerm[];
  /** whether a document must hold all of them */
  readonly all: boolean;
  /** numbers of the fields to look in, rising; all when absent */
  readonly fields?: readonly number[];
  readonly boost: number;
}

export interface PhraseNode {
  readonly kind: 'phrase';
  /** distinct terms, each with its places */
  readonly terms: readonly PhraseTerm[];
  /** in the order of the text */
  readonly words: readonly PhraseWord[];
  readonly slop: number;
  /** numbers of the fields to look in, rising */
  readonly fields: readonly number[];
  /** sum of the idf of all words */
  readonly idf: number;
  readonly boost: number;
  /** idf * boost */
  readonly weight: number;
  /** how the query came to ask for it, where it was not typed */
  readonly origin?: string;
}

export interface PhraseTerm extends TermPlaces {
  readonly term: string;
  /** other forms of the word, any of which takes its place */
  readonly others?: readonly (TermPlaces & { readonly term: string })[];
}

export interface PhraseWord {
  /** which of the distinct terms */
  readonly term: number;
  /** words between the first word of the phrase and this one, and 1 */
  readonly offset: number;
}

export interface FilterNode {
  readonly kind: 'filter';
  readonly clause: ReadyClause;
}

/** Every document, with this score. */
export interface EveryNode {
  readonly kind: 'every';
  readonly score: number;
}

/** (sum of `must`) + (sum of the `should` that match), each in its order. */
export interface BoolNode {
  readonly kind: 'bool';
  readonly must: readonly QueryNode[];
  readonly should: readonly QueryNode[];
  readonly mustNot: readonly QueryNode[];
  readonly minimumShould: number;
}

/** The documents that a part of a query matches, with score 0. */
export interface UnscoredNode {
  readonly kind: 'unscored';
  readonly node: QueryNode;
}
