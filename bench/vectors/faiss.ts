import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type MissingPeer, numberOf, type PeerProcess, pythonCommand, startPeer } from '../peers/process.js';
import { peerScript } from '../peers/scripts.js';
import type { EmbeddingSet } from './rows.js';

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Uint32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

export interface Found {
  readonly cpuSeconds: number;
  /** rows, best first, by query */
  readonly found: readonly (readonly number[])[];
}

/** faiss over the rows of a set. */
export interface Faiss {
  readonly version: string;
  /** @returns seconds of processor time */
  build(m: number, efConstruction: number): Promise<number>;
  search(ef: number, k: number): Promise<Found>;
  /** Each query among rows of its own. @param bits  of each query as many words, [queries * ceil(documents / 32)] */
  searchAmong(ef: number, k: number, bits: Uint32Array): Promise<Found>;
  close: PeerProcess['close'];
}

/** @param folder  for what the peer reads */
export async function startFaiss(
  { width, documents, queries }: EmbeddingSet,
  folder: string,
): Promise<Faiss | MissingPeer> {
  await writeFile(join(folder, 'shape.json'), JSON.stringify({ width }));
  await writeFile(join(folder, 'documents.f32'), bytesOf(documents));
  await writeFile(join(folder, 'queries.f32'), bytesOf(queries));
  const peer = await startPeer(pythonCommand(), [peerScript('faiss_hnsw.py'), folder]);
  if ('missing' in peer) return peer;
  const { ask, close, ready } = peer;
  const foundBy = async (command: Readonly<Record<string, unknown>>): Promise<Found> => {
    const answer = await ask(command);
    return { cpuSeconds: numberOf(answer, 'cpuSeconds'), found: answer.found as number[][] };
  };
  return {
    version: `${ready.version}`,
    build: async (m, efConstruction) => numberOf(await ask({ cmd: 'build', m, efConstruction }), 'cpuSeconds'),
    search: (ef, k) => foundBy({ cmd: 'search', ef, k }),
    searchAmong: async (ef, k, bits) => {
      await writeFile(join(folder, 'accepted.bits'), bytesOf(bits));
      return foundBy({ cmd: 'search_among', ef, k });
    },
    close,
  };
}
