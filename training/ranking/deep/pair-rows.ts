import { deepInputs, type InputScale, type ScaledFeature, scaleOf } from '../../../src/ranking/learned/deep-inputs.js';
import type { LoggedRows } from '../rows-file.js';
import type { PackedEmbedding } from './embeddings.js';

/** What a network learns to order: the first candidates of queries, those of a query one behind the other. */
export interface PairRows {
  /** [queries + 1] query q has the rows groups[q] .. groups[q + 1] */
  readonly groups: Uint32Array;
  /** by query, of D numbers; empty where embeddings are not looked at */
  readonly queries: readonly PackedEmbedding[];
  /** by row; undefined where a document has no embedding */
  readonly documents: readonly (PackedEmbedding | undefined)[];
  /** [rows * I], see src/ranking/learned/deep-inputs.ts */
  readonly inputs: Float32Array;
  /** by row: score of the ranker before */
  readonly first: Float32Array;
  /** by row, >= 0 */
  readonly gains: Float64Array;
  /** by query: the best discounted gain of all that was judged, over the first ten */
  readonly ideal: Float64Array;
}

/** The first candidates of each query. */
export interface FirstRows {
  readonly of: LoggedRows;
  /** rows, best first */
  readonly rows: Uint32Array;
  readonly groups: Uint32Array;
  /** their scores */
  readonly first: Float32Array;
}

/** @param scores  by row, of the ranker before @param depth  candidates of a query that are taken */
export function firstRows(of: LoggedRows, scores: Float64Array, depth: number): FirstRows {
  const rows: number[] = [];
  const groups = [0];
  for (let query = 0; query < of.queries.length; query++) {
    const from = of.groups[query];
    const order = Array.from({ length: of.groups[query + 1] - from }, (_, i) => from + i);
    order.sort((a, b) => scores[b] - scores[a] || a - b);
    rows.push(...order.slice(0, depth));
    groups.push(rows.length);
  }
  return {
    of,
    rows: Uint32Array.from(rows),
    groups: Uint32Array.from(groups),
    first: Float32Array.from(rows, row => scores[row]),
  };
}

/** How the inputs of a network are scaled. */
export interface PairScales {
  readonly score: InputScale;
  readonly features: readonly ScaledFeature[];
}

const columnOf = ({ of, rows }: FirstRows, name: string): Float32Array => {
  const column = of.columns[of.features.findIndex(feature => feature.name === name)];
  return Float32Array.from(rows, row => column[row]);
};

/** @param names  of features of the rows */
export const pairScales = (first: FirstRows, names: readonly string[]): PairScales => ({
  score: scaleOf(first.first),
  features: names.map(name => ({ name, ...scaleOf(columnOf(first, name)) })),
});

export function pairRows(first: FirstRows, { score, features }: PairScales): PairRows {
  const { of, rows, groups } = first;
  const columns = features.map(({ name }) => columnOf(first, name));
  return {
    groups,
    queries: of.embeddings?.queries ?? [],
    documents: Array.from(rows, row => of.embeddings?.documents[row]),
    inputs: deepInputs(score, features, first.first, columns),
    first: first.first,
    gains: Float64Array.from(rows, row => of.gains[row]),
    ideal: of.ideal,
  };
}

/**
 * Scores of all candidates where a network has ordered the first of each query: what it left stands behind them, lowered together, as a search shows it.
 * @param scores  by row, of the ranker before
 * @param deep    by first row, of the network
 */
export function wholeScores({ of, rows, groups }: FirstRows, scores: Float64Array, deep: Float64Array): Float64Array {
  const whole = Float64Array.from(scores);
  for (let query = 0; query < of.queries.length; query++) {
    const ordered = new Set(rows.subarray(groups[query], groups[query + 1]));
    let least = Number.POSITIVE_INFINITY;
    for (let i = groups[query]; i < groups[query + 1]; i++) {
      whole[rows[i]] = deep[i];
      least = Math.min(least, deep[i]);
    }
    const left: number[] = [];
    for (let row = of.groups[query]; row < of.groups[query + 1]; row++) if (!ordered.has(row)) left.push(row);
    const drop = Math.max(0, left.reduce((most, row) => Math.max(most, scores[row]), Number.NEGATIVE_INFINITY) - least);
    for (const row of left) whole[row] = Math.min(scores[row] - drop, least);
  }
  return whole;
}
