import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type MissingPeer, numberOf, type PeerProcess, pythonCommand, startPeer } from '../peers/process.js';
import { peerScript } from '../peers/scripts.js';
import type { EmbeddingSet } from './rows.js';

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Uint32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** What work took. */
export interface Spent {
  readonly seconds: number;
  /** of processor time, all threads */
  readonly cpuSeconds: number;
}

export interface Found extends Spent {
  /** rows, best first, by query */
  readonly found: readonly (readonly number[])[];
}

/** Graphs that run in a process of their own, by the script in bench/peers. */
const scripts = { faiss: 'faiss_hnsw.py', usearch: 'usearch_hnsw.py' } as const;
export type GraphPeerName = keyof typeof scripts;

/** A graph of somebody else over the rows of a set. */
export interface GraphPeer {
  readonly version: string;
  /** @param threads  that it may use */
  build(m: number, efConstruction: number, threads: number): Promise<Spent>;
  /** All queries one after the other, by one thread. */
  search(ef: number, k: number): Promise<Found>;
  /** All queries in one call, by several threads. */
  searchTogether(ef: number, k: number, threads: number): Promise<Found>;
  /** Each query among rows of its own; faiss alone. @param bits  of each query as many words, [queries * ceil(documents / 32)] */
  searchAmong(ef: number, k: number, bits: Uint32Array): Promise<Found>;
  close: PeerProcess['close'];
}

/** Writes what peers read. */
export async function writeSet({ width, documents, queries }: EmbeddingSet, folder: string): Promise<void> {
  await writeFile(join(folder, 'shape.json'), JSON.stringify({ width }));
  await writeFile(join(folder, 'documents.f32'), bytesOf(documents));
  await writeFile(join(folder, 'queries.f32'), bytesOf(queries));
}

/** @param folder  that `writeSet` wrote */
export async function startGraphPeer(name: GraphPeerName, folder: string): Promise<GraphPeer | MissingPeer> {
  const peer = await startPeer(pythonCommand(), [peerScript(scripts[name]), folder]);
  if ('missing' in peer) return peer;
  const { ask, close, ready } = peer;
  const spentBy = async (command: Readonly<Record<string, unknown>>) => {
    const answer = await ask(command);
    return { answer, seconds: numberOf(answer, 'seconds'), cpuSeconds: numberOf(answer, 'cpuSeconds') };
  };
  const foundBy = async (command: Readonly<Record<string, unknown>>): Promise<Found> => {
    const { answer, ...spent } = await spentBy(command);
    return { ...spent, found: answer.found as number[][] };
  };
  return {
    version: `${ready.version}`,
    build: (m, efConstruction, threads) => spentBy({ cmd: 'build', m, efConstruction, threads }),
    search: (ef, k) => foundBy({ cmd: 'search', ef, k }),
    searchTogether: (ef, k, threads) => foundBy({ cmd: 'search_together', ef, k, threads }),
    searchAmong: async (ef, k, bits) => {
      await writeFile(join(folder, 'accepted.bits'), bytesOf(bits));
      return foundBy({ cmd: 'search_among', ef, k });
    },
    close,
  };
}
