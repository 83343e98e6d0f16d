/** What one query may ask for; beyond it a query is refused, or looks no further where that is said. */
export const bounds = {
  /** terms of all leaves together; the rarest expansions of prefixes and fuzzy words are left out first */
  terms: 1024,
  /**
   * postings of the terms of bags: the heaviest terms of a query are looked up whatever they cost, and of the others, heaviest first, as many as fit.
   * The lightest words of a long text are so common that they order nothing.
   */
  heaviest: 64,
  postings: 2 ** 18,
  /** terms that a prefix or a fuzzy word stands for */
  expansions: 64,
  /** ways of several words to write what a bag asks for, and such of one word; of more the first ones */
  alternatives: 64,
  /** prefixes and fuzzy words, each of which goes through the dictionary */
  expanded: 16,
  /** terms that begin with a prefix and are weighed against one another: the first ones in the order of code points */
  prefixTerms: 2 ** 16,
  /**
   * steps of giving the repeated words of one phrase places of their own in one field of a document; a place that would take more is none.
   * `new york new york` takes some dozens, thousands of places of one word asked many times in a row millions.
   */
  placing: 2 ** 20,
  /** clauses within clauses */
  depth: 32,
} as const;
