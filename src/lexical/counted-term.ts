/** A term, or a word, and how many live documents hold it. */
export interface CountedTerm {
  readonly term: string;
  readonly df: number;
}
