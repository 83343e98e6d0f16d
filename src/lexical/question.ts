import type { Filter } from '../query/filter.js';
import type { Query, ScoreFunction, SortKey } from '../query/query.js';

/** What a query asks of documents: a text as the bag of its terms, or a tree. */
export type Question = QuestionOptions & (TextQuestion | TreeQuestion);

interface TextQuestion {
  readonly text: string;
  /** terms to look up as they are, in place of those of the text */
  readonly tokens?: readonly string[];
}

interface TreeQuestion {
  readonly query: Query;
}

interface QuestionOptions {
  /** BCP 47; the index default when absent */
  readonly language?: string;
  /** what an occurrence in a field counts in this query, >= 0, in place of the index's own; 0 leaves the field out */
  readonly fieldWeights?: Readonly<Record<string, number>>;
  /** what multiplies the scores */
  readonly functions?: readonly ScoreFunction[];
  /** what 'now' means in filters and functions, milliseconds since 1970; the present when absent */
  readonly now?: number;
}

interface SearchOptions extends QuestionOptions {
  /** hits wanted, integer >= 1 */
  readonly k: number;
  /** whether a document may be a hit; asked only for documents that would be among the best k */
  readonly accept?: (id: string) => boolean;
  readonly filter?: Filter;
  /** by score, best first, when absent or empty */
  readonly sort?: readonly SortKey[];
}

export type TokenQuery = SearchOptions & TextQuestion;
export type TreeQuery = SearchOptions & TreeQuestion;
