import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { programFile } from '../config/program-file.js';
import { counterAt, type GraphKernel, type GraphShape, mostThreads } from './graph-kernel.js';
import type { GraphJob, GraphScan, GraphWork } from './graph-worker.js';

/** For which threads without work wait for more, milliseconds: the scanner longer than live queries are sampled apart, since to start it costs more than a scan. */
const idleMs = { link: 5_000, scan: 15_000 };

/** Threads that link nodes of one graph, in its own memory. They rest by ending, and start again with the next work. */
export class GraphCrew {
  private readonly workers: Worker[] = [];
  private idle: NodeJS.Timeout | undefined;
  private scanner: { readonly worker: Worker; idle?: NodeJS.Timeout } | undefined;

  constructor(
    private readonly shape: GraphShape,
    private readonly kernel: GraphKernel,
    // one of the areas is the scanner's
    private readonly most = Math.min(availableParallelism(), mostThreads - 2),
  ) {}

  /**
   * Links a stretch of nodes: first each finds its own links, then these are linked back. The graph that comes of it does not depend on the number of threads.
   * @param beside  a core is left for the thread that asks
   */
  async link(stretch: Omit<GraphJob, 'step' | 'threads'>, beside: boolean): Promise<void> {
    clearTimeout(this.idle);
    const threads = Math.max(1, this.most - (beside ? 1 : 0));
    while (this.workers.length < threads) this.workers.push(this.start(this.workers.length + 1));
    Atomics.store(new Int32Array(this.kernel.memory.buffer, counterAt, 1), 0, 0);
    await this.run({ ...stretch, threads, step: 'connect' });
    await this.run({ ...stretch, threads, step: 'linkBack' });
    this.idle = setTimeout(() => this.rest(), idleMs.link).unref();
  }

  /** Compares all nodes of a set with a query, in a thread of its own; one such comparison at a time. @returns the best nodes */
  async scan(job: Omit<GraphScan, 'step'>): Promise<Uint32Array> {
    this.scanner ??= { worker: this.start(this.most + 1) };
    const scanner = this.scanner;
    const end = (): void => {
      if (this.scanner === scanner) this.scanner = undefined;
      void scanner.worker.terminate();
    };
    clearTimeout(scanner.idle);
    try {
      const best = await askWorker<Uint32Array>(scanner.worker, { ...job, step: 'scan' }, false);
      scanner.idle = setTimeout(end, idleMs.scan).unref();
      return best;
    } catch (error) {
      end();
      throw error;
    }
  }

  private start(thread: number): Worker {
    const { url, execArgv } = programFile(import.meta.url, 'graph-worker');
    const workerData: GraphWork = { shape: this.shape, memory: this.kernel.memory, thread };
    const worker = new Worker(url, { workerData, execArgv });
    worker.unref();
    return worker;
  }

  private async run(job: GraphJob): Promise<void> {
    const asked = this.workers.slice(0, job.threads);
    await Promise.all(asked.map(worker => askWorker(worker, job))).catch((error: unknown) => {
      this.rest();
      throw error;
    });
  }

  private rest(): void {
    for (const worker of this.workers.splice(0)) void worker.terminate();
  }
}

/** Waits for a thread. @param isAwaited  whether the process stays alive meanwhile */
function askWorker<Answer = void>(worker: Worker, job: GraphJob | GraphScan, isAwaited = true): Promise<Answer> {
  if (isAwaited) worker.ref();
  return new Promise<Answer>((resolve, reject) => {
    const onEnd = (code: number): void => reject(new Error(`a thread that links the graph ended with code ${code}`));
    worker.once('exit', onEnd);
    worker.once('error', reject);
    worker.once('message', (answer: Answer) => {
      worker.off('exit', onEnd);
      worker.off('error', reject);
      resolve(answer);
    });
    worker.postMessage(job);
  }).finally(() => worker.unref());
}
