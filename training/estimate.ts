import type { Config } from '../src/config/schema.js';
import { allSteps } from './schedule.js';

/** Sizes that tell how long training takes. */
export interface TrainingSizes {
  readonly documents: number;
  readonly pairs: number;
  /** of the documents as JSON */
  readonly bytes: number;
}

/** How long training takes and how much memory it wants, as far as sizes tell. */
export interface TrainingEstimate {
  /** examples that all stages show, where none ends early */
  readonly examples: number;
  readonly seconds: number;
  readonly bytes: number;
  /** of an index of the documents that is served */
  readonly servingBytes: number;
}

/** Examples a second of the default towers on one quiet thread. */
const examplesPerSecond = 4_500;
/** Of a process that has loaded its libraries and recorded its graphs. */
const processBytes = 450e6;
/** A document in memory beside its text: the object, its features. */
const documentBytes = 1_000;

/**
 * examples = steps of all stages x batch size; seconds = examples / 4500; bytes = what the process takes, 12 a weight of the tables (with
 * the two moments of Adam), the text twice, 1000 a document; served: 4 a weight, the embeddings, 8 a link, the text.
 */
export function estimateTraining(
  { documents, pairs, bytes }: TrainingSizes,
  { towers, training, indexing }: Pick<Config, 'towers' | 'training' | 'indexing'>,
): TrainingEstimate {
  const examples = allSteps(training, training.stages, { documents, pairs }) * training.batchSize;
  const weights = (towers.trigramBuckets + towers.wordBuckets) * towers.tableWidth;
  const vectors = documents * (4 * towers.embeddingWidth + 8 * indexing.hnsw.m);
  return {
    examples,
    seconds: examples / examplesPerSecond,
    bytes: processBytes + 12 * weights + 2 * bytes + documents * documentBytes,
    servingBytes: processBytes + 4 * weights + vectors + bytes,
  };
}
