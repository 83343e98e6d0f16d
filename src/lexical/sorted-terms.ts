/** Terms by number, in the order of their code points. */
export interface SortedTerms {
  readonly count: number;
  term(ordinal: number): string;
  /** number of the first term that does not stand before this one */
  lowerBound(term: string): number;
}

export function* prefixTerms(terms: SortedTerms, prefix: string): IterableIterator<string> {
  for (let i = terms.lowerBound(prefix); i < terms.count; i++) {
    const term = terms.term(i);
    if (!term.startsWith(prefix)) return;
    yield term;
  }
}
