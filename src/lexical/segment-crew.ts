import { Worker } from 'node:worker_threads';
import { programFile } from '../config/program-file.js';
import type { MakerOptions, SegmentPart } from './segment-maker.js';
import type { SegmentWork } from './segment-worker.js';

/** A segment that is being made. */
export interface SegmentInWork {
  add(part: SegmentPart): void;
  /** Ends it. @returns its file; rejected where the thread could not be started or died */
  take(): Promise<Uint8Array | undefined>;
}

/** What makes segments beside the thread that asks for them. */
export interface SegmentCrew {
  /** Begins another segment; waits for a thread that can take it on. */
  begin(): Promise<SegmentInWork>;
  /** Ends the threads. */
  close(): void;
}

/** Segments that a thread has at a time: one that it makes, and one whose documents come meanwhile. */
const mostAtOnce = 2;

interface Waiting {
  readonly made: Promise<Uint8Array | undefined>;
  readonly resolve: (file: Uint8Array | undefined) => void;
  readonly reject: (error: Error) => void;
}

function waitFor(): Waiting {
  const settle: Partial<Waiting> = {};
  const made = new Promise<Uint8Array | undefined>((resolve, reject) => Object.assign(settle, { resolve, reject }));
  // whoever takes the segment is told; nobody else need be
  made.catch(() => undefined);
  return { made, ...settle } as Waiting;
}

class SegmentThread {
  failure: Error | undefined;
  /** segments that it has, the oldest first */
  readonly waiting: Waiting[] = [];
  private readonly worker: Worker;

  constructor(maker: MakerOptions) {
    const { url, execArgv } = programFile(import.meta.url, 'segment-worker');
    this.worker = new Worker(url, { execArgv, workerData: maker });
    this.worker.on('message', (file: Uint8Array | undefined) => this.waiting.shift()?.resolve(file));
    this.worker.on('error', error => this.fail(error instanceof Error ? error : new Error(String(error))));
    this.worker.on('exit', code => this.fail(new Error(`a thread that makes segments ended with code ${code}`)));
  }

  begin(): SegmentInWork {
    const waiting = waitFor();
    if (this.failure === undefined) this.waiting.push(waiting);
    else waiting.reject(this.failure);
    const post = (work: SegmentWork): void => this.worker.postMessage(work);
    return {
      add: post,
      take: () => {
        post('take');
        return waiting.made;
      },
    };
  }

  end(): void {
    void this.worker.terminate();
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const { reject } of this.waiting.splice(0)) reject(this.failure);
  }
}

/** @param threads  at least 1 */
export function createSegmentCrew(threads: number, maker: MakerOptions): SegmentCrew {
  const all = Array.from({ length: threads }, () => new SegmentThread(maker));
  const working = (): SegmentThread[] => all.filter(({ failure }) => failure === undefined);
  return {
    begin: async () => {
      for (;;) {
        const [least] = working().sort((a, b) => a.waiting.length - b.waiting.length);
        if (least === undefined) return all[0].begin();
        if (least.waiting.length < mostAtOnce) return least.begin();
        await Promise.race(working().map(({ waiting }) => waiting[0].made.catch(() => undefined)));
      }
    },
    close: () => {
      for (const thread of all) thread.end();
    },
  };
}
