import type { Sides } from './candidate-table.js';
import type { QueryWord } from './match.js';

/** What tells one kind of query from another before its hits are known, and how sure each side is of its own. */
export const classFacts = {
  words: 'words of the query without stop words and units',
  numbers: 'words of the query with digits',
  rarest: 'greatest idf of a word of the query',
  coverage: 'share of the query that the token index knows, (0, 1]',
  tokenLead: 'share by which the best token score leads the tenth, [0, 1]; 1 where fewer were found',
  bestCosine: 'cosine of the nearest document, [-1, 1]; -1 where none was found',
} as const;

export type ClassFact = keyof typeof classFacts;
export type QueryFacts = Readonly<Record<ClassFact, number>>;

/** Two classes of queries, and the weight of the vector side in each. */
export interface QueryClasses {
  readonly fact: ClassFact;
  /** queries whose fact is at most this are in the first class */
  readonly threshold: number;
  /** weights of the first class, and of the second, [0, 1] */
  readonly below: number;
  readonly above: number;
}

export const weightOf = ({ fact, threshold, below, above }: QueryClasses, facts: QueryFacts): number =>
  facts[fact] <= threshold ? below : above;

/** Rank that the best token score is compared with. */
const leadRank = 10;

/** @param words  of the query */
export function queryFacts({ token, vector, coverage = 1 }: Sides, words: readonly QueryWord[]): QueryFacts {
  const telling = words.filter(({ optional }) => !optional);
  const [best, tenth] = [token[0]?.score ?? 0, token[leadRank - 1]?.score ?? 0];
  return {
    words: telling.length,
    numbers: words.filter(({ number }) => number).length,
    rarest: telling.reduce((most, { idf }) => Math.max(most, idf), 0),
    coverage,
    tokenLead: best > 0 ? (best - tenth) / best : 1,
    bestCosine: vector[0]?.score ?? -1,
  };
}
