import type { QueryToken } from '../config/rows.js';
import type { Filter } from '../query/filter.js';
import type { Query, ScoreFunction } from '../query/query.js';
import { bounds } from './tree/bounds.js';

/** What a query asks of documents: a text as the bag of its terms, terms in place of a text, or a tree. */
export type Question = QuestionOptions & (TextQuestion | TreeQuestion);

interface TextQuestion {
  readonly text: string;
  /** terms to look up as they are, in place of those of the text */
  readonly tokens?: readonly QueryToken[];
}

interface TreeQuestion {
  readonly query: Query;
}

interface QuestionOptions {
  /** BCP 47; guessed from those of the index when absent */
  readonly language?: string;
  /** conditions that hold for every hit */
  readonly filter?: Filter;
  /** what an occurrence in a field counts in this query, >= 0, in place of the index's own; 0 leaves the field out */
  readonly fieldWeights?: Readonly<Record<string, number>>;
  /** what multiplies the scores */
  readonly functions?: readonly ScoreFunction[];
  /** whether unknown words are corrected and split, and neighbours joined; what the index says when absent */
  readonly spelling?: boolean;
  /** what 'now' means in filters and functions, milliseconds since 1970; the present when absent */
  readonly now?: number;
}

/** The words that a question asks for, of all its leaves, but for terms that are given. */
export function wordsOf(question: Question): string {
  if (!('query' in question)) return question.tokens === undefined ? question.text : '';
  return textsIn(question.query, 0).join(' ');
}

function textsIn(query: Query, depth: number): string[] {
  if ('bag' in query) return [query.bag.text];
  if ('phrase' in query) return [query.phrase.text];
  if ('prefix' in query) return [query.prefix.text];
  if ('fuzzy' in query) return [query.fuzzy.text];
  if (!('bool' in query) || depth > bounds.depth) return [];
  const { must = [], should = [], mustNot = [] } = query.bool;
  return [...must, ...should, ...mustNot].flatMap(clause => textsIn(clause, depth + 1));
}
