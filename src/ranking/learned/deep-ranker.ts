import type { Candidate } from '../candidate.js';
import type { FeatureTable } from '../second-ranker.js';
import { deepInputs, inputCount } from './deep-inputs.js';
import { type DeepPart, networkBytes } from './deep-part.js';

/** Pairs of one query, n of them. */
export interface Pairs {
  /** float32 [D]; not read where D is 0 */
  readonly query: Float32Array;
  /** float32 [n * D], zeros where a document has no embedding */
  readonly documents: Float32Array;
  /** float32 [n * I] */
  readonly inputs: Float32Array;
  /** float32 [n], scores of the ranker before */
  readonly first: Float32Array;
}

/** A network, ready to run. */
export interface PairScorer {
  /** @returns float32 [n] */
  score(pairs: Pairs): Promise<Float32Array>;
  close(): Promise<void>;
}

/**
 * Opens the network of a ranker; models/runtime implements it.
 * @param shape  D and I
 * @throws TandemError 'ranker/damaged' where it is none of this shape
 */
export type OpenPairScorer = (
  network: Uint8Array,
  shape: { readonly width: number; readonly inputs: number },
) => Promise<PairScorer>;

/** What a network is given of the candidates of a query. */
export interface PairTable extends FeatureTable {
  /** of the query; undefined where it has none */
  queryEmbedding(): Float32Array | undefined;
  /** of a document, by row; undefined where it has none */
  documentEmbedding(row: number): Float32Array | undefined;
}

/** What came of a network. */
export interface DeepAnswer {
  /** what it ordered, by its scores, best first; empty where the order of the ranker stands */
  readonly ordered: readonly Candidate[];
  /** what stands behind that, as the ranker ordered it */
  readonly behind: readonly Candidate[];
  /** why the order of the ranker stands */
  readonly reason?: 'late' | 'failed';
}

/** Orders the first candidates of a ranker anew. */
export interface DeepRanker {
  readonly part: DeepPart;
  /**
   * @param again  as the ranker ordered them, best first
   * @param table  a row each, in any order
   */
  rank(again: readonly Candidate[], table: PairTable): Promise<DeepAnswer>;
  close(): Promise<void>;
}

/** Candidates that are scored in one go: the clock is looked at before each. What has been scored by then is not thrown away for the last of them being late. */
const atOnce = 25;

/**
 * @param now  milliseconds; what the deadline is measured by
 * @throws TandemError 'ranker/damaged'
 */
export async function openDeepRanker(
  part: DeepPart,
  open: OpenPairScorer,
  now: () => number = () => performance.now(),
): Promise<DeepRanker> {
  const scorer = await open(networkBytes(part), { width: part.width, inputs: inputCount(part.features.length) });
  const rank = async (again: readonly Candidate[], table: PairTable): Promise<DeepAnswer> => {
    const deadline = now() + part.deadlineMs;
    const first = again.slice(0, part.depth);
    const rowOf = new Map(table.ids.map((id, row) => [id, row]));
    const scored: Candidate[] = [];
    for (let from = 0; from < first.length; from += atOnce) {
      if (now() >= deadline) return { ordered: [], behind: again, reason: 'late' };
      const some = first.slice(from, from + atOnce);
      const rows = some.map(({ id }) => rowOf.get(id) as number);
      const scores = await scorer.score(pairsOf(part, some, rows, table)).catch(() => undefined);
      if (scores?.length !== some.length || !scores.every(Number.isFinite))
        return { ordered: [], behind: again, reason: 'failed' };
      some.forEach(({ id }, i) => {
        scored.push({ id, score: scores[i] });
      });
    }
    return { ordered: scored.sort((a, b) => b.score - a.score), behind: again.slice(part.depth) };
  };
  return { part, rank, close: () => scorer.close() };
}

function pairsOf(
  { width, score, features }: DeepPart,
  candidates: readonly Candidate[],
  rows: readonly number[],
  table: PairTable,
): Pairs {
  const first = Float32Array.from(candidates, candidate => candidate.score);
  const columns = features.map(({ name }) => {
    const column = table.column(name);
    return rows.map(row => column[row]);
  });
  const documents = new Float32Array(rows.length * width);
  if (width > 0)
    rows.forEach((row, i) => {
      const embedding = table.documentEmbedding(row);
      if (embedding !== undefined) documents.set(embedding, i * width);
    });
  const query = (width > 0 ? table.queryEmbedding() : undefined) ?? new Float32Array(width);
  return { query, documents, inputs: deepInputs(score, features, first, columns), first };
}
