import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tandemVersion } from '../src/config/version.js';
import { createFlatIndex } from '../src/vector/flat-index.js';
import { createHnswIndex, graphFault } from '../src/vector/hnsw-index.js';
import { createQuantizedIndex } from '../src/vector/quantized-index.js';
import type { VectorIndex } from '../src/vector/vector-index.js';
import { type BenchOptions, type BenchReport, describeMachine } from './frame.js';
import { quantile } from './measure.js';
import { startFaiss } from './vectors/faiss.js';
import { type EmbeddingSet, madeSet, setOfIndex } from './vectors/rows.js';

const k = 10;
const m = 16;
const efConstruction = 200;
const breadths = [24, 32, 64, 100];
const rounds = 5;
const madeDocuments = 20_000;
const seed = 1;

/** What finds row numbers for all queries. */
interface Contestant {
  readonly name: string;
  /** @returns seconds of processor time */
  build(): Promise<number>;
  search(ef: number): Promise<{ readonly cpuSeconds: number; readonly found: readonly (readonly number[])[] }>;
}

async function cpuOf<T>(work: () => T): Promise<{ readonly cpuSeconds: number; readonly made: T }> {
  const before = process.cpuUsage();
  const made = work();
  const { user, system } = process.cpuUsage(before);
  return { cpuSeconds: (user + system) / 1e6, made };
}

const rowsOf = (rows: Float32Array, width: number): Float32Array[] =>
  Array.from({ length: rows.length / width }, (_, row) => rows.subarray(row * width, (row + 1) * width));

/** A kind of index of ours, by one thread. */
function kind(name: string, { width, documents, queries }: EmbeddingSet, create: () => VectorIndex): Contestant {
  const ids = Array.from({ length: documents.length / width }, (_, row) => String(row));
  const asked = rowsOf(queries, width);
  let index: VectorIndex;
  return {
    name,
    build: async () => {
      index = create();
      return (await cpuOf(() => index.add(ids, documents))).cpuSeconds;
    },
    search: async ef => {
      const { cpuSeconds, made } = await cpuOf(() => asked.map(query => index.search(query, k, { ef })));
      return { cpuSeconds, found: made.map(hits => hits.map(({ id }) => Number(id))) };
    },
  };
}

/** faiss over the same rows, which it reads from a folder. */
async function faissOf(set: EmbeddingSet, folder: string) {
  const peer = await startFaiss(set, folder);
  if ('missing' in peer) return peer;
  const contestant: Contestant = {
    name: 'faiss',
    build: () => peer.build(m, efConstruction),
    search: ef => peer.search(ef, k),
  };
  return { contestant, version: peer.version, close: peer.close };
}

/** Share of the k nearest that were found, mean over queries. */
const recallOf = (found: readonly (readonly number[])[], nearest: readonly ReadonlySet<number>[]): number =>
  found.reduce((sum, rows, query) => sum + rows.filter(row => nearest[query].has(row)).length / k, 0) / found.length;

const say = (line: string): boolean => process.stderr.write(`${line}\n`);

/** What one breadth came to. */
interface Walked {
  readonly name: string;
  readonly ef: number;
  readonly recall: number;
  /** of processor time, by round */
  readonly seconds: number[];
}

/**
 * Graphs of vectors, one thread each: recall@10 against queries a second of processor time, and building. For each breadth all take turns.
 * @param options.data  folder with `index`, made with a model, and `queries.jsonl`; without it embeddings are made, as many as `--sizes` says
 */
export async function vectors({ data, sizes = [madeDocuments], without }: BenchOptions): Promise<BenchReport> {
  const set = data === undefined ? madeSet(sizes[0], seed) : await setOfIndex(data);
  const { width } = set;
  const folder = await mkdtemp(join(tmpdir(), 'tandem-bench-'));
  const versions: Record<string, string> = { tandem: tandemVersion() };
  const missing: string[] = [];
  const contestants = [kind('int4-hnsw', set, () => createQuantizedIndex(width, { m, efConstruction, ef: k }))];
  const fault = without.has('hnswlib') ? 'left out by --without' : graphFault()?.message;
  if (fault !== undefined) missing.push(`hnswlib: ${fault}`);
  else contestants.push(kind('hnswlib', set, () => createHnswIndex(width, { m, efConstruction, ef: k })));
  const peer = without.has('faiss') ? { missing: 'left out by --without' } : await faissOf(set, folder);
  try {
    if ('missing' in peer) missing.push(`faiss: ${peer.missing}`);
    else {
      versions.faiss = peer.version;
      contestants.push(peer.contestant);
    }
    const exact = kind('flat', set, () => createFlatIndex(width));
    await exact.build();
    const nearest = (await exact.search(0)).found.map(rows => new Set(rows));
    const builds = new Map<string, number>();
    for (const { name, build } of contestants) {
      builds.set(name, await build());
      say(`${name} built in ${builds.get(name)?.toFixed(1)} s of processor time`);
    }
    const walked: Walked[] = [];
    for (const ef of breadths) {
      const here = new Map<string, Walked>();
      for (let round = 0; round < rounds; round++)
        for (const { name, search } of contestants) {
          const { cpuSeconds, found } = await search(ef);
          const so = here.get(name) ?? { name, ef, recall: recallOf(found, nearest), seconds: [] };
          so.seconds.push(cpuSeconds);
          here.set(name, so);
        }
      walked.push(...here.values());
      say(`ef ${ef}: ${[...here.values()].map(({ name, recall }) => `${name} ${recall.toFixed(4)}`).join(', ')}`);
    }
    if (!('missing' in peer)) await peer.close();
    return report(set, { walked, builds, versions, missing });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Outcome {
  readonly walked: readonly Walked[];
  readonly builds: ReadonlyMap<string, number>;
  readonly versions: Record<string, string>;
  readonly missing: readonly string[];
}

function report(
  { width, documents, queries }: EmbeddingSet,
  { walked, builds, versions, missing }: Outcome,
): BenchReport {
  const count = queries.length / width;
  const perSecond = ({ seconds }: Walked): number => count / Math.min(...seconds);
  const of = (name: string): readonly Walked[] => walked.filter(each => each.name === name);
  const ratioTo = (name: string): number =>
    quantile(
      of(name).map((peer, at) => perSecond(of('int4-hnsw')[at]) / perSecond(peer)),
      0.5,
    );
  return {
    bench: 'vectors',
    header: describeMachine(versions, {
      documents: documents.length / width,
      width,
      queries: count,
      k,
      m,
      efConstruction,
      threads: 1,
    }),
    results: walked.map(({ name, ef, seconds }) => {
      const ms = seconds.map(each => (1000 * each) / count);
      const [p50Ms, p99Ms] = [quantile(ms, 0.5), quantile(ms, 0.99)];
      return { name: `${name}, ef ${ef}`, samples: ms.length, p50Ms, p99Ms, minMs: Math.min(...ms) };
    }),
    ratio: Object.fromEntries(
      [...builds.keys()].filter(name => name !== 'int4-hnsw').map(name => [name, ratioTo(name)]),
    ),
    quality: Object.fromEntries(walked.map(({ name, ef, recall }) => [`${name} recall@${k}, ef ${ef}`, recall])),
    missing,
    table: {
      columns: [
        { name: '' },
        ...['ef', `recall@${k}`, 'queries / CPU s', 'build, CPU s'].map(name => ({ name, numeric: true })),
      ],
      rows: walked.map(each => [
        each.name,
        String(each.ef),
        each.recall.toFixed(4),
        Math.round(perSecond(each)).toLocaleString('en-GB'),
        (builds.get(each.name) ?? 0).toFixed(1),
      ]),
    },
  };
}
