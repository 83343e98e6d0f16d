import { Worker } from 'node:worker_threads';
import type { MergeSource } from './merge-segments.js';

/** A merge that goes on in a thread of its own. */
export interface RunningMerge {
  /** bytes of the merged segment's file */
  readonly done: Promise<Uint8Array>;
  /** Keeps the process alive until it is done; without that a process may end in the middle, which loses nothing. */
  hold(): void;
}

/** The files of the sources are shared with the thread, not copied. */
export function mergeInThread(sources: readonly MergeSource[]): RunningMerge {
  const { url, execArgv } = workerFile();
  const worker = new Worker(url, { workerData: sources, execArgv });
  worker.unref();
  const done = new Promise<Uint8Array>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', code => reject(new Error(`the merging thread ended with code ${code} and no segment`)));
  });
  return { done, hold: () => worker.ref() };
}

/** The worker's file lies beside this one: JavaScript in the built package, TypeScript where the sources are run as they are. */
function workerFile(): { url: URL; execArgv?: string[] } {
  if (!import.meta.url.endsWith('.ts')) return { url: new URL('./merge-worker.js', import.meta.url) };
  return { url: new URL('./merge-worker.ts', import.meta.url), execArgv: ['--import', 'tsx'] };
}
