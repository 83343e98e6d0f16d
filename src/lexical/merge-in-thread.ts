import { Worker } from 'node:worker_threads';
import { programFile } from '../config/program-file.js';
import type { MergeSource } from './merge-segments.js';
import type { MergeAnswer, MergeJob } from './merge-worker.js';

/** A merge that goes on in another thread. */
export interface RunningMerge {
  /** bytes of the merged segment's file */
  readonly done: Promise<Uint8Array>;
  /** Keeps the process alive until it is done; without that a process may end in the middle, which loses nothing. */
  hold(): void;
}

/** For which a thread without work waits for more, milliseconds: a new one has to load and compile everything again. */
const idleMs = 5_000;

interface Waiting {
  readonly resolve: (file: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/** The merging thread of this process. */
class MergeThread {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private jobs = 0;
  private held = 0;
  private idle: NodeJS.Timeout | undefined;

  /** @param onEnd  told when it takes no more work */
  constructor(private readonly onEnd: () => void) {
    const { url, execArgv } = programFile(import.meta.url, 'merge-worker');
    this.worker = new Worker(url, { execArgv });
    this.worker.unref();
    this.worker.on('message', ({ job, file, failure }: MergeAnswer) => {
      const waiting = this.waiting.get(job);
      this.waiting.delete(job);
      if (file !== undefined) waiting?.resolve(file);
      else waiting?.reject(new Error(failure));
      this.rest();
    });
    this.worker.on('error', error => this.fail(error instanceof Error ? error : new Error(String(error))));
    this.worker.on('exit', code => this.fail(new Error(`the merging thread ended with code ${code} and no segment`)));
  }

  merge(sources: readonly MergeSource[]): RunningMerge {
    clearTimeout(this.idle);
    const job = this.jobs++;
    const done = new Promise<Uint8Array>((resolve, reject) => {
      this.waiting.set(job, { resolve, reject });
      this.worker.postMessage({ job, sources } satisfies MergeJob);
    });
    const hold = (): void => {
      if (!this.waiting.has(job)) return;
      this.held++;
      this.worker.ref();
      const release = (): void => {
        if (--this.held === 0) this.worker.unref();
      };
      done.then(release, release);
    };
    return { done, hold };
  }

  private rest(): void {
    if (this.waiting.size > 0) return;
    this.idle = setTimeout(() => {
      this.onEnd();
      void this.worker.terminate();
    }, idleMs).unref();
  }

  private fail(error: Error): void {
    this.onEnd();
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}

let thread: MergeThread | undefined;

/** The files of the sources are shared with the thread, not copied. Merges of all indexes of a process go through one thread, one after the other. */
export function mergeInThread(sources: readonly MergeSource[]): RunningMerge {
  if (thread === undefined) {
    const made = new MergeThread(() => {
      if (thread === made) thread = undefined;
    });
    thread = made;
  }
  return thread.merge(sources);
}
