import { murmur3 } from '../../src/text/murmur3.js';
import { isBlank, queryId, queryKey } from '../split.js';

/** A row of a log or of a file of queries. */
export interface LoggedQuery {
  readonly id?: string;
  readonly text: string;
  readonly country?: string;
  readonly language?: string;
  /** times that it was asked; 1 when absent */
  readonly count?: number;
}

/** A distinct query, and how often it was asked. */
export interface CountedQuery extends LoggedQuery {
  readonly id: string;
  readonly count: number;
  /** uint32 of its key and the seed: the order in which queries are drawn */
  readonly order: number;
}

export interface CountedQueries {
  readonly queries: readonly CountedQuery[];
  /** rows with a query */
  readonly rows: number;
  /** part of the distinct queries that was kept, each with its whole count; 1 where all were */
  readonly kept: number;
}

/** Distinct queries, and UTF-16 units of all of them, that are kept in memory at most: about 100 MB. */
export const mostKept = { queries: 200_000, units: 2 ** 24 };

/**
 * Counts the distinct queries of a log in bounded memory, in one pass. Where they are too many a part is kept, decided by a hash of each, so that the
 * kept ones are a fair sample of all and their counts are exact (Gibbons, Distinct sampling for highly-accurate answers to distinct values queries
 * and event reports, VLDB 2001): the bound of the hash only falls, so what is kept at the end was kept from its first row on.
 * Spellings that differ in case and white space alone are one query, written as it first came. The order of the rows has no other say.
 */
export async function countQueries(
  rows: Iterable<LoggedQuery> | AsyncIterable<LoggedQuery>,
  seed: number,
  most: typeof mostKept = mostKept,
): Promise<CountedQueries> {
  const known = new Map<string, { count: number; readonly query: CountedQuery }>();
  let bound = 2 ** 32;
  let units = 0;
  let counted = 0;
  for await (const { id, text, country, language, count = 1 } of rows) {
    if (isBlank(text)) continue;
    counted++;
    const key = `${queryKey(text, country)}\t${language ?? ''}`;
    const before = known.get(key);
    if (before !== undefined) {
      before.count += count;
      continue;
    }
    const order = murmur3(key, seed);
    if (order >= bound) continue;
    const query = { id: id ?? queryId(text, country), text, country, language, count, order };
    known.set(key, { count, query });
    units += key.length;
    while (known.size > most.queries || units > most.units) {
      bound /= 2;
      for (const [other, kept] of known) {
        if (kept.query.order < bound) continue;
        known.delete(other);
        units -= other.length;
      }
    }
  }
  const queries = Array.from(known.values(), ({ count, query }) => ({ ...query, count }));
  return { queries, rows: counted, kept: bound / 2 ** 32 };
}
