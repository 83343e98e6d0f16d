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

/** A comparison of all nodes of a set with a query; the answer is the best ones, uint32. */
export interface GraphScan {
  readonly step: 'scan';
  readonly query: Float32Array;
  /** bits of the set, see node-set.ts */
  readonly bits: Uint32Array;
  /** of the graph */
  readonly nodes: number;
  /** nodes that are answered at most */
  readonly keep: number;
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

function scan({ query, bits, nodes, keep }: GraphScan): Uint32Array {
  const { buffer } = memory;
  new Float32Array(buffer, exports.input() >>> 0, query.length).set(query);
  exports.takeQuery();
  const words = (nodes + 31) >>> 5;
  const accepted = new Uint32Array(buffer, exports.accepted() >>> 0, words);
  accepted.set(bits.subarray(0, words));
  accepted.fill(0, bits.length);
  const count = exports.scanAccepted(nodes, keep);
  const keys = new Uint32Array(buffer, exports.pool() >>> 0, 2 * count);
  return Uint32Array.from({ length: count }, (_, i) => keys[2 * i] >>> 1);
}

parentPort?.on('message', (job: GraphJob | GraphScan) => {
  if (job.step === 'scan') {
    parentPort?.postMessage(scan(job));
    return;
  }
  if (job.step === 'connect') connect(job);
  else exports.linkBack(job.from, job.to, thread - 1, job.threads);
  parentPort?.postMessage(undefined);
});
