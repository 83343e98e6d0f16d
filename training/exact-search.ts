import { exportTower } from '../models/export-tower.js';
import type { Features } from '../models/features.js';
import type { ModelState } from '../models/model-state.js';
import { encodeModel } from '../models/recorder/onnx-proto.js';
import { record } from '../models/recorder/record.js';
import { embedFeatures, type RunnableTower } from '../models/runtime/embedder.js';
import { createNativeGraph } from '../models/runtime/session.js';
import { TandemError } from '../src/errors/tandem-error.js';

/** Queries and documents scored at once. */
const queryBlock = 2048;
const documentBlock = 2048;

/** A document that a query finds. */
export interface Found {
  /** number of the document */
  readonly document: number;
  readonly score: number;
}

/** Embeds features through a tower as it will be served. @returns float32 [n * D] @throws TandemError 'training/diverged' */
export async function embedTowerFeatures(
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

/**
 * The `depth` nearest documents of every query, exactly, best first. The work grows with queries times documents, as native matrix products.
 * @param q       float32 [queries * D]
 * @param d       float32 [documents * D]
 * @param before  which of two documents of equal score comes first
 */
export async function nearestDocuments(
  q: Float32Array,
  d: Float32Array,
  width: number,
  depth: number,
  threads: number,
  before: (a: number, b: number) => boolean = (a, b) => a < b,
): Promise<Found[][]> {
  const rows = Math.min(queryBlock, q.length / width);
  const specs = {
    q: { dtype: 'float32', shape: [rows, width] },
    d: { dtype: 'float32', shape: [documentBlock, width] },
  } as const;
  const graph = await createNativeGraph(
    encodeModel(record(specs, (tf, x) => ({ scores: tf.matMul(x.q as never, x.d as never, false, true) }))),
    { threads },
  );
  const order = (a: Found, b: Found): number => b.score - a.score || (before(a.document, b.document) ? -1 : 1);
  const all: Found[][] = [];
  for (let first = 0; first < q.length / width; first += rows) {
    const queries = padded(q, first * width, rows * width);
    const best = Array.from({ length: Math.min(rows, q.length / width - first) }, (): Found[] => []);
    const worst = new Float32Array(rows).fill(Number.NEGATIVE_INFINITY);
    for (let from = 0; from < d.length / width; from += documentBlock) {
      const { scores } = await graph.run({
        q: { values: queries, shape: [rows, width] },
        d: { values: padded(d, from * width, documentBlock * width), shape: [documentBlock, width] },
      });
      const count = Math.min(documentBlock, d.length / width - from);
      best.forEach((list, row) => {
        for (let i = 0; i < count; i++) {
          const score = scores[row * documentBlock + i];
          if (score > worst[row]) list.push({ document: from + i, score });
        }
        if (list.length <= depth) return;
        list.sort(order);
        list.length = depth;
        worst[row] = list[depth - 1].score;
      });
    }
    for (const list of best) list.sort(order);
    all.push(...best);
  }
  await graph.close();
  return all;
}

/** `length` values from a place on, zeros behind the end. */
function padded(values: Float32Array, from: number, length: number): Float32Array {
  const part = values.subarray(from, from + length);
  if (part.length === length) return part;
  const whole = new Float32Array(length);
  whole.set(part);
  return whole;
}
