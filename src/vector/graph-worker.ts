import { parentPort, workerData } from 'node:worker_threads';
import { counterAt, type GraphMemory, type GraphShape, openKernel } from './graph-kernel.js';

/** What a thread works on from its start to its end. */
export interface GraphWork {
  readonly shape: GraphShape;
  readonly memory: GraphMemory;
  /** 1.. */
  readonly thread: number;
}

/** A stretch of nodes that are linked in one go; see wasm/graph/links.ts. */
export interface GraphJob {
  readonly step: 'connect' | 'linkBack';
  /** threads that work on it */
  readonly threads: number;
  readonly from: number;
  readonly to: number;
  readonly entry: number;
  readonly top: number;
  readonly efConstruction: number;
}

/** Nodes that a thread takes at a time. */
const taken = 8;

const { shape, memory, thread }: GraphWork = workerData;
const { exports } = openKernel(shape, { memory, thread });
const counter = new Int32Array(memory.buffer, counterAt, 1);

function connect({ from, to, entry, top, efConstruction }: GraphJob): void {
  for (;;) {
    const first = from + Atomics.add(counter, 0, taken);
    if (first >= to) return;
    for (let node = first; node < Math.min(to, first + taken); node++)
      exports.connect(node, entry, top, from, to, efConstruction);
  }
}

parentPort?.on('message', (job: GraphJob) => {
  if (job.step === 'connect') connect(job);
  else exports.linkBack(job.from, job.to, thread - 1, job.threads);
  parentPort?.postMessage(undefined);
});
