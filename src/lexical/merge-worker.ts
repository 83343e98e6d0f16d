import { parentPort, workerData } from 'node:worker_threads';
import { type MergeSource, mergeSegments } from './merge-segments.js';

/** Merges the segments that the thread was started with and hands back the bytes of the new one; all of them lie in shared memory. */
const sources: readonly MergeSource[] = workerData;
parentPort?.postMessage(mergeSegments(sources));
