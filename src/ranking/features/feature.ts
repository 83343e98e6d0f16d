import type { WordMatches } from '../match.js';

/** What features of the candidates of one query are computed from. Everything is computed when it is first asked for, and once. */
export interface RankingContext {
  /** documents by row, in the order of the first ranking */
  readonly ids: readonly string[];
  readonly query: {
    /** as it was typed */
    readonly text: string;
    readonly country?: string;
    readonly language?: string;
    /** milliseconds since 1970: what ages are counted to */
    readonly now: number;
  };
  /** Where the documents hold the words of the query. */
  matches(): WordMatches;
  /** Another feature, by row. */
  column(feature: string): Float64Array;
  /** The least number of an attribute, by row; dates are milliseconds since 1970; NaN where there is none. */
  numbers(field: string): Float64Array;
  /** The texts of an attribute, by row; empty where there are none. */
  texts(field: string): readonly (readonly string[])[];
}

/** A number for each candidate. What is not known is NaN, never a value that stands for it. */
export interface Feature {
  /** what it is, with its unit and range */
  readonly about: string;
  /** 1: a higher value never speaks against a document */
  readonly monotone?: 1;
  /** @returns by row */
  compute(context: RankingContext): Float64Array;
}

/** A feature that is the same for all candidates of a query. */
export const ofQuery = (about: string, value: (context: RankingContext) => number): Feature => ({
  about,
  compute: context => new Float64Array(context.ids.length).fill(value(context)),
});
