import { readFileSync } from 'node:fs';
import { TandemError } from '../errors/tandem-error.js';

/** The part of the platform's interface that is needed here; TypeScript knows it of browsers alone. */
declare const WebAssembly: {
  Memory: new (limits: { initial: number; maximum: number; shared: true }) => GraphMemory;
  Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  Instance: new (
    module: object,
    imports: { env: { memory: GraphMemory; abort(): void }; graph: { accepts(node: number): number } },
  ) => { readonly exports: GraphExports };
};

export interface GraphMemory {
  readonly buffer: SharedArrayBuffer;
  grow(pages: number): number;
}

/** What wasm/graph exports. Addresses come as signed numbers. */
export interface GraphExports {
  shape(width: number, m: number, nodesAt: number): void;
  bytesOfBlock(): number;
  bytesOfChunk(): number;
  levelOf(node: number): number;
  settle(at: number, room: number, bits: number, rows: number): number;
  input(): number;
  pool(): number;
  results(): number;
  accepted(): number;
  rows(): number;
  scores(): number;
  encode(node: number): void;
  takeQuery(): number;
  multiplyRows(count: number): void;
  search(entry: number, top: number, nodes: number, ef: number, filters: 0 | 1): number;
  approach(entry: number, top: number, nodes: number, ef: number): number;
  keepAccepted(): number;
  searchAmong(nodes: number, ef: number, ways: number, seeds: number): number;
  scanAccepted(nodes: number, keep: number): number;
  scanAll(nodes: number, keep: number): number;
  connect(node: number, entry: number, top: number, from: number, to: number, efConstruction: number): void;
  linkBack(from: number, to: number, thread: number, threads: number): void;
  areLinksWithin(nodes: number): number;
}

const pageBytes = 65_536;
const mostPages = 65_536;
/** Nodes of a chunk, which is what the memory grows by; as in wasm/graph/layout.ts. */
export const chunkNodes = 4096;
/** Entries of the pool of a walk: the broadest one. */
export const poolRoom = 16_384;
/** What the cosines of codes of 4 bits are off by, as a standard deviation, times the root of the width: 16 even steps over a normal distribution. */
export const codeError = 0.12;
/** Rows that are compared exactly in one go. */
export const rowRoom = 256;
/** Threads that work on one graph, the one that holds it among them. */
export const mostThreads = 16;
/** Where threads count the nodes that they take, int32; see graph-worker.ts. */
export const counterAt = 64;
const areasAt = 1024;

export interface GraphShape {
  /** D */
  readonly width: number;
  /** links of a node on the upper levels */
  readonly m: number;
}

let compiled: object | undefined;
const module = (): object => {
  compiled ??= new WebAssembly.Module(Uint8Array.from(readFileSync(new URL('./graph.wasm', import.meta.url))));
  return compiled;
};

const alignUp = (bytes: number, to: number): number => Math.ceil(bytes / to) * to;

/** Where the areas of the threads and the nodes lie. */
interface Places {
  readonly bits: number;
  readonly areaBytes: number;
  readonly nodesAt: number;
  readonly chunkBytes: number;
  /** nodes that there is room for at most */
  readonly most: number;
}

/** The sets of a thread have a bit for every node that fits into the memory; what is not touched of them takes no memory. */
function placesOf(exports: GraphExports, { width, m }: GraphShape): Places {
  exports.shape(width, m, 0);
  const chunkBytes = exports.bytesOfChunk() >>> 0;
  const most = Math.floor((mostPages * pageBytes) / chunkBytes) * chunkNodes;
  const bits = alignUp(most / 8, 64);
  const areaBytes = alignUp((exports.settle(areasAt, poolRoom, bits, rowRoom) >>> 0) - areasAt, 64);
  const nodesAt = alignUp(areasAt + mostThreads * areaBytes, pageBytes);
  const chunks = Math.floor((mostPages * pageBytes - nodesAt) / chunkBytes);
  return { bits, areaBytes, nodesAt, chunkBytes, most: chunks * chunkNodes };
}

/** The kernels of one thread over the memory of a graph. */
export interface GraphKernel extends Places {
  readonly memory: GraphMemory;
  readonly exports: GraphExports;
  /** Makes room. @throws TandemError 'index/too-large' */
  reserve(nodes: number): void;
}

/**
 * @param memory   of the graph; a new one when absent
 * @param thread   0 for the one that holds the graph
 * @param accepts  whether a node may be found, asked by searches that filter
 */
export function openKernel(
  shape: GraphShape,
  { memory: given, thread = 0, accepts = () => true }: KernelOptions = {},
): GraphKernel {
  const firstPages = 1;
  const start = given ?? new WebAssembly.Memory({ initial: firstPages, maximum: mostPages, shared: true });
  const { exports } = new WebAssembly.Instance(module(), {
    env: {
      memory: start,
      abort: () => {
        throw new Error('a kernel of the graph has failed');
      },
    },
    graph: { accepts: node => (accepts(node) ? 1 : 0) },
  });
  const places = placesOf(exports, shape);
  exports.shape(shape.width, shape.m, places.nodesAt);
  exports.settle(areasAt + thread * places.areaBytes, poolRoom, places.bits, rowRoom);
  const grow = (bytes: number): void => {
    const missing = Math.ceil(bytes / pageBytes) - start.buffer.byteLength / pageBytes;
    if (missing > 0) start.grow(missing);
  };
  const reserve = (nodes: number): void => {
    if (nodes > places.most)
      throw new TandemError(
        'index/too-large',
        `a graph of width ${shape.width} holds ${places.most} nodes, not ${nodes}`,
      );
    grow(places.nodesAt + Math.ceil(nodes / chunkNodes) * places.chunkBytes);
  };
  grow(places.nodesAt);
  return { ...places, memory: start, exports, reserve };
}

export interface KernelOptions {
  readonly memory?: GraphMemory;
  readonly thread?: number;
  readonly accepts?: (node: number) => boolean;
}
