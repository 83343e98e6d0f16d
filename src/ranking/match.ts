/** A word that a query asks for, as the token side reads it. */
export interface QueryWord {
  /** what it counts by its rareness, > 0; that of a word in no document where it is unknown */
  readonly idf: number;
  /** whether any document holds it */
  readonly known: boolean;
  /** a stop word beside others, or a unit behind its number: it finds nothing by itself */
  readonly optional: boolean;
  /** whether it stands for a mistyped word */
  readonly corrected: boolean;
  /** whether it has a digit */
  readonly number: boolean;
}

/** Where a document holds the words of a query. */
export interface DocumentMatch {
  /** by word: 0 = not at all, 1 = in another form (a variant, a synonym, joined, parted), 2 = as it is asked for */
  readonly held: Uint8Array;
  /** by word, then by field: positions of the word as it is asked for, rising */
  readonly places: readonly (readonly (readonly number[])[])[];
  /** terms by field */
  readonly lengths: readonly number[];
  /** by field: its share of the score by BM25, each field taken by itself */
  readonly bm25: Float64Array;
}

/** What the token side knows of a query and of some documents, whichever side found them. */
export interface WordMatches {
  /** in the order of the query, at most 16 */
  readonly words: readonly QueryWord[];
  /** names of the indexed fields, by number */
  readonly fields: readonly string[];
  /** undefined where there is no such document */
  readonly documents: readonly (DocumentMatch | undefined)[];
}
