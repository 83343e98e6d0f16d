import type { Example } from '../data/examples.js';
import type { PreparedData } from '../data/prepared.js';
import type { Feed } from '../models/feed.js';
import type { ModelState } from '../models/model-state.js';
import { encodeModel } from '../models/recorder/onnx-proto.js';
import { record } from '../models/recorder/record.js';
import { createNativeGraph } from '../models/runtime/session.js';
import type { TrainingConfig } from '../src/config/training.js';
import { TandemError } from '../src/errors/tandem-error.js';
import { seededRandom, shuffle } from '../src/math/random.js';
import type { Corpus } from './corpus.js';
import { blockDuplicates } from './duplicates.js';
import { embedTowerFeatures } from './exact-search.js';
import { scaledSoftmaxLoss, symmetricSoftmaxLoss } from './losses.js';
import { queryKey } from './mining.js';
import type { ValidationSet } from './validation.js';

/** Batches of examples that losses are measured on, again and again the same. */
export interface FixedBatches {
  /** each of B examples */
  readonly batches: readonly (readonly Example[])[];
  /** by query key: the documents that answer it, which are no negatives of it */
  readonly positives: ReadonlyMap<string, ReadonlySet<number>>;
}

/** Cuts examples, in an order drawn by the seed, into batches of one size; what does not fill a batch is left out. */
export function fixBatches(
  examples: readonly Example[],
  positives: FixedBatches['positives'],
  { size, most, seed }: { readonly size: number; readonly most: number; readonly seed: number },
): FixedBatches {
  const order = shuffle(Int32Array.from(examples.keys()), seededRandom(seed));
  const count = Math.min(most, Math.floor(examples.length / size));
  const batches = Array.from({ length: count }, (_, b) =>
    Array.from(order.subarray(b * size, (b + 1) * size), i => examples[i]),
  );
  return { batches, positives };
}

/** Batches of each kind: as many as tell how much losses vary. */
const leastBatches = 4;
const mostBatches = 8;

/** Batches of training pairs and of pairs that are held out. */
export interface FixedPairs {
  /** B of all batches */
  readonly size: number;
  readonly training: FixedBatches;
  readonly validation: FixedBatches;
}

/**
 * Fixes batches of the training pairs and of the validation queries with their relevant documents, all of one size: that of training, or a
 * smaller one where there would be too few batches.
 * @throws TandemError 'training/no-examples' where there are too few pairs
 */
export function fixPairs(
  { config, positives }: Corpus,
  data: PreparedData,
  { queries, relevant }: ValidationSet,
): FixedPairs {
  const heldOut = queries.flatMap(({ text: query, country }, q) =>
    relevant[q].map((document): Example => ({ query, country, document })),
  );
  const answers = new Map(
    queries.map(({ text: query, country }, q) => [queryKey({ query, country }), new Set(relevant[q])]),
  );
  const fewest = Math.min(data.pairs.length, heldOut.length);
  const size = Math.min(config.training.batchSize, Math.floor(fewest / leastBatches));
  if (size < 2) {
    const message = `gradient blending is measured on ${2 * leastBatches} training pairs and as many held-out pairs at least; there are ${data.pairs.length} and ${heldOut.length}`;
    throw new TandemError('training/no-examples', message);
  }
  const choice = { size, most: mostBatches, seed: config.seed };
  return {
    size,
    training: fixBatches(data.pairs, positives, choice),
    validation: fixBatches(heldOut, answers, choice),
  };
}

/** Measures in-batch softmax losses, one for each batch. */
export interface LossMeter {
  /** of a model as it is served, without dropout; @throws TandemError 'training/diverged' */
  losses(state: ModelState, corpus: Corpus, fixed: FixedBatches): Promise<number[]>;
  /** of a model that knows nothing and finds everything equally near */
  chance(fixed: FixedBatches): Promise<number[]>;
  close(): Promise<void>;
}

/**
 * @param size   B, of every batch
 * @param width  D
 */
export async function createLossMeter(
  size: number,
  width: number,
  { scale, symmetric, threads }: Pick<TrainingConfig, 'scale' | 'symmetric' | 'threads'>,
): Promise<LossMeter> {
  const rows = { dtype: 'float32', shape: [size, width] } as const;
  const square = { dtype: 'float32', shape: [size, size] } as const;
  const loss = symmetric ? symmetricSoftmaxLoss : scaledSoftmaxLoss;
  const recorded = record({ q: rows, d: rows, blocked: square }, (tf, x) => ({
    loss: loss(tf, x.q, x.d, x.blocked, scale),
  }));
  const graph = await createNativeGraph(encodeModel(recorded), { threads });
  /** @param q, d  float32 [examples of all batches * D] */
  const lossesOf = async (
    { batches, positives }: FixedBatches,
    q: Float32Array,
    d: Float32Array,
  ): Promise<number[]> => {
    const losses: number[] = [];
    for (const [b, batch] of batches.entries()) {
      const part = (of: Float32Array): Feed => ({
        values: of.subarray(b * size * width, (b + 1) * size * width),
        shape: rows.shape,
      });
      const own = batch.map(({ document }) => document);
      const blocked = blockDuplicates(batch.map(queryKey), own, [], positives);
      const results = await graph.run({ q: part(q), d: part(d), blocked: { values: blocked, shape: square.shape } });
      losses.push(results.loss[0]);
    }
    return losses;
  };
  return {
    async losses(state, corpus, fixed) {
      const examples = fixed.batches.flat();
      const queries = examples.map(({ query, country }) => corpus.queryFeatures({ text: query, country }));
      const documents = examples.map(({ document }) => corpus.documents[document]);
      const q = await embedTowerFeatures(state, 'query', queries, threads);
      const d = await embedTowerFeatures(state, 'document', documents, threads);
      return lossesOf(fixed, q, d);
    },
    chance(fixed) {
      // every embedding the same: all cosines are 1
      const same = new Float32Array(fixed.batches.length * size * width).fill(1 / Math.sqrt(width));
      return lossesOf(fixed, same, same);
    },
    close: () => graph.close(),
  };
}
