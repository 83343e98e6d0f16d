import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { tandemVersion } from '../src/config/version.js';
import { createHnswIndex, graphFault } from '../src/vector/hnsw-index.js';
import { loadVectorIndex } from '../src/vector/load-vector-index.js';
import { createQuantizedIndex } from '../src/vector/quantized-index.js';
import type { VectorIndex } from '../src/vector/vector-index.js';
import { type BenchOptions, type BenchReport, describeMachine } from './frame.js';
import { quantile } from './measure.js';
import { type Found, type GraphPeerName, type Spent, startGraphPeer, writeSet } from './vectors/graph-peer.js';
import { exactRecall } from './vectors/nearest.js';
import { rateAtRecall } from './vectors/rate-at-recall.js';
import { type EmbeddingSet, grownSet, madeSet, setOfIndex } from './vectors/rows.js';
import { startSearchers } from './vectors/searchers.js';

const k = 10;
const m = 16;
const efConstruction = 200;
/** Breadths of a walk; of a large set they are larger, for the same recall. */
const breadthsOf = (documents: number): readonly number[] =>
  documents < 500_000 ? [24, 32, 64, 100] : [64, 100, 200, 400, 800];
const recalls = [0.95, 0.99];
const rounds = 5;
const madeDocuments = 20_000;
const seed = 1;
const ours = 'int4-hnsw';

/** What finds row numbers for all queries. */
interface Contestant {
  readonly name: string;
  build(threads: number): Promise<Spent>;
  /** by one thread, a query after the other */
  search(ef: number): Promise<Found>;
  /** by as many threads as there are processors; absent where it knows one alone */
  searchTogether?(ef: number, threads: number): Promise<Found>;
  close(): Promise<void>;
}

async function spentBy<T>(work: () => T | Promise<T>): Promise<Spent & { readonly made: T }> {
  const [started, before] = [performance.now(), process.cpuUsage()];
  const made = await work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - started) / 1000, cpuSeconds: (user + system) / 1e6, made };
}

const rowsOf = (rows: Float32Array, width: number): Float32Array[] =>
  Array.from({ length: rows.length / width }, (_, row) => rows.subarray(row * width, (row + 1) * width));

async function searchEach(index: VectorIndex, asked: readonly Float32Array[], ef: number): Promise<Found> {
  const { made, ...spent } = await spentBy(() => asked.map(query => index.search(query, k, { ef })));
  return { ...spent, found: made.map(hits => hits.map(({ id }) => Number(id))) };
}

/** Ours, saved and opened again; several threads each open it. @param folder  for the index */
function quantized({ width, documents, queries }: EmbeddingSet, folder: string): Contestant {
  const ids = Array.from({ length: documents.length / width }, (_, row) => String(row));
  const asked = rowsOf(queries, width);
  let opened: VectorIndex;
  let searchers: ReturnType<typeof startSearchers> | undefined;
  return {
    name: ours,
    build: async threads => {
      const index = createQuantizedIndex(width, { m, efConstruction, ef: k });
      const { seconds, cpuSeconds } = await spentBy(() =>
        threads === 1 ? index.add(ids, documents) : index.addInThreads?.(ids, documents),
      );
      await index.save(folder);
      opened = await loadVectorIndex(folder);
      return { seconds, cpuSeconds };
    },
    search: ef => searchEach(opened, asked, ef),
    searchTogether: async (ef, threads) => {
      searchers ??= startSearchers(folder, queries, width, threads);
      return (await searchers).searchTogether({ ef, k });
    },
    close: async () => (await searchers)?.close(),
  };
}

function hnswlib({ width, documents, queries }: EmbeddingSet): Contestant {
  const index = createHnswIndex(width, { m, efConstruction, ef: k });
  const ids = Array.from({ length: documents.length / width }, (_, row) => String(row));
  const asked = rowsOf(queries, width);
  return {
    name: 'hnswlib',
    build: () => spentBy(() => index.add(ids, documents)),
    search: ef => searchEach(index, asked, ef),
    close: async () => undefined,
  };
}

/** @param folder  that `writeSet` wrote */
async function peerOf(name: GraphPeerName, folder: string) {
  const peer = await startGraphPeer(name, folder);
  if ('missing' in peer) return peer;
  const contestant: Contestant = {
    name,
    build: threads => peer.build(m, efConstruction, threads),
    search: ef => peer.search(ef, k),
    searchTogether: (ef, threads) => peer.searchTogether(ef, k, threads),
    close: peer.close,
  };
  return { contestant, version: peer.version };
}

const say = (line: string): boolean => process.stderr.write(`${line}\n`);

/** What one breadth came to. */
interface Walked {
  readonly name: string;
  readonly ef: number;
  readonly recall: number;
  /** of processor time by one thread, by round */
  readonly alone: number[];
  /** by the clock, by all threads, by round */
  readonly together: number[];
}

/**
 * Graphs of vectors: recall@10 against queries a second, of processor time by one thread and by the clock by all, and building by all. For each breadth all take turns.
 * @param options.data   folder with `index`, made with a model, and `queries.jsonl`; without it embeddings are made, as many as `sizes` says
 * @param options.sizes  documents; where there is data and more is asked, its rows are taken again and moved
 */
export async function vectors({ data, sizes, without }: BenchOptions): Promise<BenchReport> {
  const given = data === undefined ? madeSet(sizes?.[0] ?? madeDocuments, seed) : await setOfIndex(data);
  const wanted = sizes?.[0] ?? 0;
  const set = wanted > given.documents.length / given.width ? grownSet(given, wanted, seed) : given;
  const breadths = breadthsOf(set.documents.length / set.width);
  const threads = availableParallelism();
  const folder = await mkdtemp(join(tmpdir(), 'tandem-bench-'));
  const versions: Record<string, string> = { tandem: tandemVersion() };
  const missing: string[] = [];
  const contestants = [quantized(set, join(folder, 'index'))];
  try {
    await writeSet(set, folder);
    for (const name of ['faiss', 'usearch'] as const) {
      const peer = without.has(name) ? { missing: 'left out by --without' } : await peerOf(name, folder);
      if ('missing' in peer) missing.push(`${name}: ${peer.missing}`);
      else {
        versions[name] = peer.version;
        contestants.push(peer.contestant);
      }
    }
    const fault = without.has('hnswlib') ? 'left out by --without' : graphFault()?.message;
    if (fault === undefined) contestants.push(hnswlib(set));
    else missing.push(`hnswlib: ${fault}`);
    const recallOf = exactRecall(set, k);
    const builds = new Map<string, Spent>();
    for (const { name, build } of contestants) {
      const spent = await build(threads);
      builds.set(name, spent);
      say(`${name} built in ${spent.cpuSeconds.toFixed(1)} s of processor time, ${spent.seconds.toFixed(1)} s`);
    }
    const walked: Walked[] = [];
    for (const ef of breadths) {
      const here = new Map<string, Walked>();
      for (let round = 0; round < rounds; round++)
        for (const { name, search, searchTogether } of contestants) {
          const { cpuSeconds, found } = await search(ef);
          const so = here.get(name) ?? { name, ef, recall: recallOf(found), alone: [], together: [] };
          so.alone.push(cpuSeconds);
          const all = await searchTogether?.(ef, threads);
          if (all !== undefined) so.together.push(all.seconds);
          here.set(name, so);
        }
      walked.push(...here.values());
      say(`ef ${ef}: ${[...here.values()].map(({ name, recall }) => `${name} ${recall.toFixed(4)}`).join(', ')}`);
    }
    return report(set, { walked, builds, versions, missing, threads });
  } finally {
    for (const { close } of contestants) await close();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Outcome {
  readonly walked: readonly Walked[];
  readonly builds: ReadonlyMap<string, Spent>;
  readonly versions: Record<string, string>;
  readonly missing: readonly string[];
  readonly threads: number;
}

function report(
  { width, documents, queries }: EmbeddingSet,
  { walked, builds, versions, missing, threads }: Outcome,
): BenchReport {
  const count = queries.length / width;
  /** queries a second at a recall */
  const rate = (name: string, recall: number, how: 'alone' | 'together'): number | undefined => {
    const of = walked.filter(each => each.name === name && each[how].length > 0);
    const points = of.map(each => ({ recall: each.recall, seconds: Math.min(...each[how]) / count }));
    return rateAtRecall(points, recall);
  };
  const ratio: Record<string, number> = {};
  const quality: Record<string, number> = {};
  for (const recall of recalls)
    for (const how of ['alone', 'together'] as const)
      for (const name of builds.keys()) {
        const its = rate(name, recall, how);
        if (its === undefined) continue;
        const where = `recall@${k} ${recall}${how === 'alone' ? '' : `, ${threads} threads`}`;
        quality[`${name} queries/s at ${where}`] = its;
        const own = rate(ours, recall, how);
        if (name !== ours && own !== undefined)
          ratio[recall === recalls[0] && how === 'alone' ? name : `${name}, ${where}`] = own / its;
      }
  const perSecond = (seconds: readonly number[]): string =>
    seconds.length === 0 ? '-' : Math.round(count / Math.min(...seconds)).toLocaleString('en-GB');
  return {
    bench: 'vectors',
    header: describeMachine(versions, {
      documents: documents.length / width,
      width,
      queries: count,
      k,
      m,
      efConstruction,
      threads,
    }),
    results: walked.map(({ name, ef, alone }) => {
      const ms = alone.map(each => (1000 * each) / count);
      const [p50Ms, p99Ms] = [quantile(ms, 0.5), quantile(ms, 0.99)];
      return { name: `${name}, ef ${ef}`, samples: ms.length, p50Ms, p99Ms, minMs: Math.min(...ms) };
    }),
    ratio,
    quality: {
      ...Object.fromEntries(walked.map(({ name, ef, recall }) => [`${name} recall@${k}, ef ${ef}`, recall])),
      ...quality,
    },
    missing,
    table: {
      columns: [
        { name: '' },
        ...['ef', `recall@${k}`, 'queries / CPU s', `queries/s, ${threads} threads`, 'build, CPU s', 'build, s'].map(
          name => ({ name, numeric: true }),
        ),
      ],
      rows: walked.map(({ name, ef, recall, alone, together }) => [
        name,
        String(ef),
        recall.toFixed(4),
        perSecond(alone),
        perSecond(together),
        (builds.get(name)?.cpuSeconds ?? 0).toFixed(1),
        (builds.get(name)?.seconds ?? 0).toFixed(1),
      ]),
    },
  };
}
