import { parentPort } from 'node:worker_threads';
import { type MergeSource, mergeSegments } from './merge-segments.js';

export interface MergeJob {
  readonly job: number;
  readonly sources: readonly MergeSource[];
}

/** The bytes of the new segment, in shared memory, or why there are none. */
export interface MergeAnswer {
  readonly job: number;
  readonly file?: Uint8Array;
  readonly failure?: string;
}

function answer({ job, sources }: MergeJob): MergeAnswer {
  try {
    return { job, file: mergeSegments(sources) };
  } catch (error) {
    return { job, failure: String(error) };
  }
}

parentPort?.on('message', (job: MergeJob) => parentPort?.postMessage(answer(job)));
