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
/** Of a process that has loaded its libraries and recorded its graphs; 926 MB were taken in all by 54,667 documents of 69 characters. */
const processBytes = 450e6;
/** Of a process that serves, its model mapped from disk; 175 MB were taken in all by 300 documents, 676 MB by 54,667. */
const servingProcessBytes = 170e6;
/** What a vector takes in the graph, in its file and on the way there, in its own size. */
const vectorCopies = 4;
/** A document in memory beside its text: the object, its features. */
const documentBytes = 1_000;

/**
 * examples = steps of all stages x batch size; seconds = examples / 4500; bytes = what the process takes, 12 a weight of the tables (with
 * the two moments of Adam), the text twice, 1000 a document; served: the process, the text, and 4 times 4 a value of an embedding and 8 a link.
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
    servingBytes: servingProcessBytes + vectorCopies * vectors + bytes,
  };
}
