import type { JudgedQueries } from '../data/prepared-files.js';
import { exportTower } from '../models/export-tower.js';
import type { Features } from '../models/features.js';
import type { ModelState } from '../models/model-state.js';
import { encodeModel } from '../models/recorder/onnx-proto.js';
import { record } from '../models/recorder/record.js';
import { embedFeatures, type RunnableTower } from '../models/runtime/embedder.js';
import { createNativeGraph } from '../models/runtime/session.js';
import type { DocumentRow, QueryRow } from '../src/config/rows.js';
import { TandemError } from '../src/errors/tandem-error.js';
import { evaluateRun } from '../src/evaluation/evaluate.js';
import { sampledRocAuc } from '../src/evaluation/sampled-auc.js';
import type { Run } from '../src/evaluation/trec.js';
import type { Corpus } from './corpus.js';

/** Documents scored at once, and most validation queries looked at. */
const blockSize = 2048;
const mostQueries = 1500;
/** Random documents that stand against each relevant one in the ROC AUC. */
const negatives = 50;
const depth = 100;

/** Figures of the model as it stands, on queries it does not learn from; names as `tandem evaluate` gives them, and `ROC AUC`. */
export type ValidationFigures = Readonly<Record<string, number>>;

/** Validation queries with their judgements. */
export interface ValidationSet {
  readonly queries: readonly QueryRow[];
  readonly qrels: JudgedQueries['qrels'];
  /** least gain that counts as relevant */
  readonly level: number;
  /** for each query, the numbers of its relevant documents */
  readonly relevant: readonly (readonly number[])[];
}

/** Half of the greatest gain, so that graded judgements need no setting here. */
function relevanceLevel({ qrels }: JudgedQueries): number {
  let greatest = 0;
  for (const gains of qrels.values()) for (const gain of gains.values()) greatest = Math.max(greatest, gain);
  return Math.max(1, Math.ceil(greatest / 2));
}

/** @returns undefined where the judgements tell no document from another: nothing can be measured then */
export function createValidationSet(
  judged: JudgedQueries,
  documents: readonly DocumentRow[],
): ValidationSet | undefined {
  const queries = judged.queries.filter(({ id }) => judged.qrels.has(id)).slice(0, mostQueries);
  const qrels = new Map(queries.map(({ id }) => [id, judged.qrels.get(id)!]));
  const level = relevanceLevel(judged);
  const indexOf = new Map(documents.map(({ id }, index) => [id, index]));
  const relevant = queries.map(({ id }) => relevantOf(qrels.get(id)!, level, indexOf));
  const tells = relevant.some(found => found.length > 0) && relevant.some(found => found.length < documents.length);
  return tells ? { queries, qrels, level, relevant } : undefined;
}

const relevantOf = (
  gains: ReadonlyMap<string, number>,
  level: number,
  indexOf: ReadonlyMap<string, number>,
): number[] => [...gains].filter(([id, gain]) => gain >= level && indexOf.has(id)).map(([id]) => indexOf.get(id)!);

/**
 * Embeds all documents and the validation queries through the towers as they will be served, scores every pair exactly, and measures.
 * The work grows with queries times documents, as native matrix products.
 * @throws TandemError 'training/diverged' when an embedding is not finite
 */
export async function validate(
  state: ModelState,
  corpus: Corpus,
  documents: readonly DocumentRow[],
  { queries, qrels, level, relevant }: ValidationSet,
  threads: number,
): Promise<ValidationFigures> {
  const q = await embed(state, 'query', queries.map(corpus.queryFeatures), threads);
  const d = await embed(state, 'document', corpus.documents, threads);
  const width = state.towers.query.embeddingWidth;
  const auc = sampledRocAuc(
    relevant.map(documents => ({ relevant: documents, others: [] })),
    { documents: documents.length, negatives, seed: 0, score: (i, j) => dot(q, i, d, j, width) },
  );
  const run = await exactRun(
    q,
    d,
    width,
    queries.map(({ id }) => id),
    documents,
    threads,
  );
  const { means } = evaluateRun(run, qrels, { relevanceLevel: level });
  return { 'ROC AUC': auc, ...means };
}

async function embed(
  state: ModelState,
  name: 'query' | 'document',
  features: readonly Features[],
  threads: number,
): Promise<Float32Array> {
  const tower = state.towers[name];
  const graph = await createNativeGraph(exportTower(tower, state), { threads });
  const runnable: RunnableTower = { tower, tables: state.tables, graph, extract: () => [] };
  const { embeddings } = await embedFeatures(runnable, features);
  await graph.close();
  if (!embeddings.every(Number.isFinite))
    throw new TandemError('training/diverged', `an embedding of the ${name} tower is not finite`);
  return embeddings;
}

function dot(q: Float32Array, query: number, d: Float32Array, document: number, width: number): number {
  let sum = 0;
  for (let j = 0; j < width; j++) sum += q[query * width + j] * d[document * width + j];
  return sum;
}

/** The `depth` nearest documents of every query, exactly. */
async function exactRun(
  q: Float32Array,
  d: Float32Array,
  width: number,
  ids: readonly string[],
  documents: readonly DocumentRow[],
  threads: number,
): Promise<Run> {
  const rows = q.length / width;
  const specs = {
    q: { dtype: 'float32', shape: [rows, width] },
    d: { dtype: 'float32', shape: [blockSize, width] },
  } as const;
  const graph = await createNativeGraph(
    encodeModel(record(specs, (tf, x) => ({ scores: tf.matMul(x.q as never, x.d as never, false, true) }))),
    { threads },
  );
  const best = ids.map(() => [] as { id: string; score: number }[]);
  const worst = new Float32Array(rows).fill(Number.NEGATIVE_INFINITY);
  for (let from = 0; from < documents.length; from += blockSize) {
    const block = new Float32Array(blockSize * width);
    block.set(d.subarray(from * width, (from + blockSize) * width));
    const { scores } = await graph.run({
      q: { values: q, shape: [rows, width] },
      d: { values: block, shape: [blockSize, width] },
    });
    const count = Math.min(blockSize, documents.length - from);
    for (let row = 0; row < rows; row++) {
      const list = best[row];
      for (let i = 0; i < count; i++) {
        const score = scores[row * blockSize + i];
        if (score > worst[row]) list.push({ id: documents[from + i].id, score });
      }
      if (list.length <= depth) continue;
      list.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
      list.length = depth;
      worst[row] = list[depth - 1].score;
    }
  }
  await graph.close();
  for (const list of best) list.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
  return new Map(ids.map((id, row) => [id, best[row]]));
}
