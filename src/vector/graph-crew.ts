import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { programFile } from '../config/program-file.js';
import { counterAt, type GraphKernel, type GraphShape, mostThreads } from './graph-kernel.js';
import type { GraphJob, GraphWork } from './graph-worker.js';

/** For which threads without work wait for more, milliseconds. */
const idleMs = 5_000;

/** Threads that link nodes of one graph, in its own memory. They rest by ending, and start again with the next work. */
export class GraphCrew {
  private workers: readonly Worker[] = [];
  private idle: NodeJS.Timeout | undefined;

  constructor(
    private readonly shape: GraphShape,
    private readonly kernel: GraphKernel,
    private readonly threads = Math.min(availableParallelism(), mostThreads - 1),
  ) {}

  /** Links a stretch of nodes: first each finds its own links, then these are linked back. The graph that comes of it does not depend on the number of threads. */
  async link(stretch: Omit<GraphJob, 'step'>): Promise<void> {
    clearTimeout(this.idle);
    this.start();
    Atomics.store(new Int32Array(this.kernel.memory.buffer, counterAt, 1), 0, 0);
    await this.run({ ...stretch, step: 'connect' });
    await this.run({ ...stretch, step: 'linkBack' });
    this.idle = setTimeout(() => this.rest(), idleMs).unref();
  }

  private start(): void {
    if (this.workers.length > 0) return;
    const { shape, threads } = this;
    const { memory } = this.kernel;
    const { url, execArgv } = programFile(import.meta.url, 'graph-worker');
    this.workers = Array.from({ length: threads }, (_, i) => {
      const workerData: GraphWork = { shape, memory, thread: i + 1, threads };
      const worker = new Worker(url, { workerData, execArgv });
      worker.unref();
      return worker;
    });
  }

  private async run(job: GraphJob): Promise<void> {
    await Promise.all(this.workers.map(worker => askWorker(worker, job))).catch((error: unknown) => {
      this.rest();
      throw error;
    });
  }

  private rest(): void {
    for (const worker of this.workers) void worker.terminate();
    this.workers = [];
  }
}

/** Waits for a thread, and keeps the process alive meanwhile. */
function askWorker(worker: Worker, job: GraphJob): Promise<void> {
  worker.ref();
  return new Promise<void>((resolve, reject) => {
    const onEnd = (code: number): void => reject(new Error(`a thread that links the graph ended with code ${code}`));
    worker.once('exit', onEnd);
    worker.once('error', reject);
    worker.once('message', () => {
      worker.off('exit', onEnd);
      worker.off('error', reject);
      resolve();
    });
    worker.postMessage(job);
  }).finally(() => worker.unref());
}
