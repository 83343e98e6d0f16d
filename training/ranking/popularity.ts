import { type Popularity, popularityFeature } from '../../src/ranking/features/popularity.js';
import type { LoggedRows } from './rows-file.js';

/** Judgements of queries: query -> document -> gain. */
type Gains = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Documents that are remembered at most, those of most gain first. */
const mostDocuments = 200_000;

/**
 * How much good was said of each document.
 * @param queries  those that a ranker learns from
 */
export function countPopularity(gains: Gains, queries: readonly string[]): Popularity {
  const greatest = greatestGain(gains);
  const sums = new Map<string, number>();
  for (const query of queries)
    for (const [document, gain] of gains.get(query) ?? [])
      if (gain > 0) sums.set(document, (sums.get(document) ?? 0) + gain / greatest);
  if (sums.size <= mostDocuments) return sums;
  return new Map([...sums].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, mostDocuments));
}

function greatestGain(gains: Gains): number {
  let greatest = 0;
  for (const judged of gains.values()) for (const gain of judged.values()) greatest = Math.max(greatest, gain);
  return greatest || 1;
}

/**
 * Adds the column to rows. What a query itself said of a document is taken out of its own rows: a ranker that serves does not know the answer either.
 * @param gains  of all queries; those that were not counted take nothing out
 */
export function withPopularity(
  rows: LoggedRows,
  popularity: Popularity,
  gains: Gains,
  counted: ReadonlySet<string>,
): LoggedRows {
  const greatest = greatestGain(gains);
  const column = new Float32Array(rows.documents.length);
  rows.queries.forEach((query, number) => {
    const own = counted.has(query) ? gains.get(query) : undefined;
    for (let row = rows.groups[number]; row < rows.groups[number + 1]; row++) {
      const document = rows.documents[row];
      const said = Math.max(0, own?.get(document) ?? 0) / greatest;
      // a sum less one of its terms may miss 0 by rounding
      column[row] = Math.max(0, (popularity.get(document) ?? 0) - said);
      if (column[row] < 1e-9) column[row] = 0;
    }
  });
  // Never held against a document: a catalogue that was made of judged documents holds, of those that no training query judged, mainly the ones that
  // test queries did, and trees would learn to look for them.
  const popularityColumn = { name: popularityFeature, kind: 'number' as const, monotone: 1 as const };
  const features = [...rows.features, popularityColumn];
  return { ...rows, features, columns: [...rows.columns, column] };
}
