import { type Random, seededRandom } from '../../src/math/random.js';
import type { EnsembleFeature } from '../../src/ranking/trees/ensemble.js';
import type { RankingRows } from '../../training/ranking/rows.js';

const documents = 100;
const features = 40;
/** of the documents of a query, so many have gain 2, and so many have 1 at least */
const [best, good] = [2, 8];

/**
 * Rows as a ranker meets them, of a made-up rule: bends and products of some of 40 features, noise, an offset a query, gaps, counts beside numbers; eight of a
 * hundred documents of a query have a gain, and of those some were not judged.
 * @param rows  at least 100; whole queries of 100 documents
 */
export function madeRows(rows: number, seed: number): RankingRows {
  const random = seededRandom(seed);
  const queries = Math.floor(rows / documents);
  const columns = Array.from({ length: features }, () => new Float32Array(queries * documents));
  const gains = new Float64Array(queries * documents);
  for (let query = 0; query < queries; query++) {
    const first = query * documents;
    const worth = Float64Array.from({ length: documents }, (_, i) => fillRow(columns, first + i, random));
    const order = Array.from(worth.keys()).sort((a, b) => worth[b] - worth[a]);
    order.slice(0, good).forEach((document, rank) => {
      if (random.next() < 0.7) gains[first + document] = rank < best ? 2 : 1;
    });
  }
  return {
    features: columns.map((_, i): EnsembleFeature => ({ name: `f${i}`, kind: 'number' })),
    columns,
    gains,
    groups: Uint32Array.from({ length: queries + 1 }, (_, query) => query * documents),
  };
}

/** @returns what the row is worth */
function fillRow(columns: readonly Float32Array[], row: number, random: Random): number {
  const values = columns.map((_, feature) => {
    const value = random.normal();
    return feature % 4 === 3 ? Math.round(2 * value) : value;
  });
  const worth =
    values[0] +
    0.8 * Math.abs(values[1]) * values[2] +
    Math.sin(2 * values[3]) +
    (values[4] > 0.5 ? 0.5 * values[5] : 0) +
    random.normal();
  columns.forEach((column, feature) => {
    column[row] = random.next() < 0.05 ? Number.NaN : values[feature];
  });
  return worth;
}

/** Rows of the queries that are asked for. */
export function rowsOfQueries(
  { features, columns, gains, groups }: RankingRows,
  queries: readonly number[],
): RankingRows {
  const counts = queries.map(query => groups[query + 1] - groups[query]);
  const starts = new Uint32Array(queries.length + 1);
  counts.forEach((count, i) => {
    starts[i + 1] = starts[i] + count;
  });
  const taken = <T extends Float32Array | Float64Array>(from: T, into: T): T => {
    queries.forEach((query, i) => {
      into.set(from.subarray(groups[query], groups[query + 1]), starts[i]);
    });
    return into;
  };
  const rows = starts[queries.length];
  return {
    features,
    columns: columns.map(column => taken(column, new Float32Array(rows))),
    gains: taken(gains, new Float64Array(rows)),
    groups: starts,
  };
}

/** Queries of a fold: every n-th one to test, the others to train. */
export function foldOf(
  queries: number,
  fold: number,
  folds: number,
): { readonly train: number[]; readonly test: number[] } {
  const all = Array.from({ length: queries }, (_, query) => query);
  return { train: all.filter(query => query % folds !== fold), test: all.filter(query => query % folds === fold) };
}
