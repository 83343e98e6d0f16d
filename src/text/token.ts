import type { Variant } from './word-forms.js';

/** A term of a text and where it stands. */
export interface Token {
  /** never empty */
  term: string;
  /** number of the word in the text, from 0; a dropped word leaves its number unused, so that phrases keep their distances */
  position: number;
  /** whether it is a function word of the chain's language (stop-words.ts); absent where not */
  stop?: true;
  /** span in the input, in UTF-16 units */
  start: number;
  end: number;
  /** whether it is the unit of the number before it; absent where not */
  unit?: true;
  /**
   * Finer terms at the same position, none of them twice or equal to `term`; absent where there are none. Documents are indexed under the term
   * and its parts, a query asks for the term and for the parts only where no document holds it.
   */
  parts?: readonly TokenPart[];
  /**
   * Other forms of the word, terms at the same position, none of them twice or equal to `term`; absent where there are none. Documents are indexed
   * under them too, and a query asks for them beside the term.
   */
  variants?: readonly Variant[];
}

/** A finer term inside a word, with its own span in the input. */
export interface TokenPart {
  readonly term: string;
  readonly start: number;
  readonly end: number;
  /** not a part, but what several words are as one: `-wifi` at the place of `wi` in `Wi-Fi`; only documents are found by it */
  readonly joins?: true;
}

/** What the text looks like after one step of the chain. */
export interface AnalysisStep {
  readonly name: string;
  readonly tokens: Token[];
}
