/** A word of a text in its normal form; an empty term is a word that the chain has dropped, and keeps its place. */
export interface Word {
  readonly term: string;
  /** span in the normalised text, in UTF-16 units */
  readonly start: number;
  readonly end: number;
  /** a word of the dictionary, or a term of this step: no step behind changes it */
  readonly kept?: true;
  /** a function word of the language */
  readonly stop?: true;
  /** a unit of measure behind a number */
  readonly unit?: true;
  /** what documents are found by too: the number with the letter that this step has taken off, R16; the beginnings of a version */
  readonly also?: readonly string[];
}
