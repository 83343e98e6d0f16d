/** A term among others that stand together, and its distance from the first of them in words. */
export interface PlacedTerm {
  readonly term: string;
  readonly position: number;
  /** other forms of the word, any of which may stand in its place */
  readonly others?: readonly string[];
}

/** What a query asks for in one stretch of its text: a term, or several that stand together. */
export interface AskedTerms {
  /** at least one, in order */
  readonly terms: readonly PlacedTerm[];
  /** whether several terms count each by itself, in a document that holds one of them too */
  readonly apart?: true;
  /** whether a document has all that is asked for where it holds the terms anywhere */
  readonly anywhere?: true;
  /** what the idf of its terms is multiplied with; 1 for a word as it was typed */
  readonly weight: number;
  /**
   * typed: it stands in the query; joined: words written as one, or one that documents join by a hyphen; split: one word written as several;
   * corrected: the nearest known term; part: finer parts of a word that no document holds; variant: another form of the word; synonym: by a rule; stop
   * word: one beside other words, and unit: one behind its number, which add to what these find and find nothing by themselves
   */
  readonly origin: 'typed' | 'part' | 'variant' | 'joined' | 'split' | 'corrected' | 'synonym' | 'stop word' | 'unit';
  /** whether it is asked for beside the words of its stretch: it counts as these, and for no word of its own */
  readonly beside?: true;
  /** what was typed for it; and its span in the query, in UTF-16 units */
  readonly from: string;
  readonly start: number;
  readonly end: number;
  /** numbers of the first and the last word of the stretch */
  readonly first: number;
  readonly last: number;
  /** how it is written; absent where its terms alone are known */
  readonly word?: string;
}

/** A term alone, as a list. */
export const oneTerm = (term: string): readonly PlacedTerm[] => [{ term, position: 0 }];

/** Terms one behind the other. */
export const inSequence = (terms: readonly string[]): readonly PlacedTerm[] =>
  terms.map((term, position) => ({ term, position }));

/** Whether each of its terms finds documents by itself. */
export const findsByTerm = ({ terms, apart }: Pick<AskedTerms, 'terms' | 'apart'>): boolean =>
  terms.length === 1 || apart === true;

/** Whether it adds to what others find, and finds nothing by itself. */
export const isOptional = ({ origin }: Pick<AskedTerms, 'origin'>): boolean =>
  origin === 'stop word' || origin === 'unit';
