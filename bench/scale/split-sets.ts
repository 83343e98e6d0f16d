import { createTokenIndex, type TokenIndex } from '../../src/lexical/token-index.js';
import type { Candidate } from '../../src/ranking/candidate.js';
import { createQuantizedIndex } from '../../src/vector/quantized-index.js';
import type { EmbeddingSet } from '../vectors/rows.js';

const graph = { m: 16, efConstruction: 200, ef: 100 };

/** Of a thing to its shard: by its place, so that the same set gives the same shards. */
const shardOf = (row: number, shards: number): number => row % shards;

const best = (found: readonly Candidate[], k: number): Candidate[] =>
  [...found].sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)).slice(0, k);

/** Share of the ids of one list that are in another. */
const shared = (a: readonly Candidate[], b: readonly Candidate[]): number => {
  const ids = new Set(b.map(({ id }) => id));
  return a.filter(({ id }) => ids.has(id)).length / Math.max(1, a.length);
};

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** What a set of vectors comes to in shards. */
export interface SplitVectors {
  /** of the k nearest by a comparison of all, those found when each shard is walked with the whole breadth */
  readonly recall: number;
  /** the same when the shards have that breadth together */
  readonly recallOfShare: number;
}

/** A graph of each shard is walked, and the hits are put together by their cosines, which do not depend on the shard. */
export function splitVectors({ width, documents, queries }: EmbeddingSet, shards: number, k: number): SplitVectors {
  const count = documents.length / width;
  const indexes = Array.from({ length: shards }, (_, shard) => {
    const rows = Array.from({ length: count }, (_, row) => row).filter(row => shardOf(row, shards) === shard);
    const own = new Float32Array(rows.length * width);
    rows.forEach((row, i) => {
      own.set(documents.subarray(row * width, (row + 1) * width), i * width);
    });
    const index = createQuantizedIndex(width, graph);
    index.add(rows.map(String), own);
    return index;
  });
  const whole = { whole: [] as number[], share: [] as number[] };
  for (let at = 0; at < queries.length; at += width) {
    const query = queries.subarray(at, at + width);
    const all = Array.from({ length: count }, (_, row) => ({ id: String(row), score: cosine(query, documents, row) }));
    const exact = best(all, k);
    const found = (ef: number): Candidate[] =>
      best(
        indexes.flatMap(index => index.search(query, k, { ef })),
        k,
      );
    whole.whole.push(shared(exact, found(graph.ef)));
    whole.share.push(shared(exact, found(Math.max(k, Math.ceil(graph.ef / shards)))));
  }
  return { recall: mean(whole.whole), recallOfShare: mean(whole.share) };
}

function cosine(query: Float32Array, documents: Float32Array, row: number): number {
  let sum = 0;
  for (let i = 0, at = row * query.length; i < query.length; i++, at++) sum += query[i] * documents[at];
  return sum;
}

/** Agreement of scores that each shard counts from its own documents with those of all. */
export interface SplitTokens {
  /** of the k best by the counts of all documents, those among the k best by the counts of each shard */
  readonly overlap: number;
  /** largest difference of a score, as a share of it, in the middle of all queries */
  readonly scoreDifference: number;
}

/** Titles in shards, each with its own counts of words (as a cluster does that is not asked for counts of all). */
export function splitTokens(
  titles: readonly string[],
  texts: readonly string[],
  shards: number,
  k: number,
  whole: TokenIndex,
): SplitTokens {
  const indexes = Array.from({ length: shards }, (_, shard) => tokensOf(titles, row => shardOf(row, shards) === shard));
  const overlaps: number[] = [];
  const differences: number[] = [];
  for (const text of texts) {
    const right = whole.prepare({ text, now: 0 }).search({ k });
    if (right.length === 0) continue;
    const found = indexes.flatMap(index => index.prepare({ text, now: 0 }).search({ k }));
    const scores = new Map(found.map(({ id, score }) => [id, score]));
    overlaps.push(shared(right, best(found, k)));
    const each = right.flatMap(({ id, score }) => {
      const own = scores.get(id);
      return own === undefined ? [] : [Math.abs(own - score) / score];
    });
    if (each.length > 0) differences.push(Math.max(...each));
  }
  return { overlap: mean(overlaps), scoreDifference: differences.sort((a, b) => a - b)[differences.length >> 1] };
}

/** An index of the titles of some rows, their ids the numbers of the rows. */
export function tokensOf(titles: readonly string[], takes: (row: number) => boolean = () => true): TokenIndex {
  const index = createTokenIndex({ bm25: { k1: 1.2, b: 0.75 }, fieldWeights: { title: 1 }, language: 'en' });
  titles.forEach((title, row) => {
    if (takes(row)) index.add({ id: String(row), title });
  });
  index.flush();
  return index;
}
