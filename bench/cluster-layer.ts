import { readPrepared } from '../data/prepared.js';
import { buildClusterIndex } from '../serving/backends/opensearch/build.js';
import { type Cluster, openCluster } from '../serving/backends/opensearch/cluster.js';
import { generationNames, indexNames } from '../serving/backends/opensearch/names.js';
import { type ClusterIndex, openGeneration } from '../serving/backends/opensearch/open.js';
import { activeGeneration } from '../serving/backends/opensearch/read-meta.js';
import { indexingSchema } from '../src/config/indexing.js';
import { tandemVersion } from '../src/config/version.js';
import { TandemError } from '../src/errors/tandem-error.js';
import type { DocumentEmbedder, QueryEmbedder } from '../src/search/backend.js';
import type { SearchMode } from '../src/search/request.js';
import { murmur3 } from '../src/text/murmur3.js';
import { type AskedOnce, noteAsked, rawLines } from './cluster-layer/asked.js';
import { preparedFolder } from './data-folder.js';
import { type BenchOptions, type BenchReport, describeMachine } from './frame.js';
import { type Summary, summaryOf } from './measure.js';

const defaultSizes = [10_000];
/** Queries, times that each is asked in each way, and hits that are wanted. */
const [queries, rounds, k] = [60, 3, 10];
const [width, shards] = [128, 1];

const columns = [
  { name: 'search' },
  ...['requests', 'KB of answers', 'CPU ms', 'raw', 'same requests', 'over raw', 'over the same'].map(name => ({
    name,
    numeric: true,
  })),
];

/** Words as directions of their own: the layer is measured, and no model. float32 [128] */
function embed(text: string): Float32Array {
  const sum = new Float32Array(width);
  for (const word of text.toLowerCase().split(/\s+/).filter(Boolean)) sum[murmur3(word, 7) % width] += 1;
  const norm = Math.hypot(...sum) || 1;
  return sum.map(value => value / norm);
}

const embedder: QueryEmbedder & DocumentEmbedder = {
  modelId: 'b'.repeat(64),
  width,
  embedQuery: async ({ text }) => ({ embedding: embed(text), channels: {} }),
  embedDocuments: async documents => Float32Array.from(documents.flatMap(({ title }) => [...embed(title)])),
};

/**
 * What a search of an index of a cluster costs in the process that asks, beside the same two queries sent raw (ten documents of each side, one request), and
 * beside the very requests that the search makes, sent again with nothing done about the answers. All three take turns, query by query, and what
 * counts is processor time of this process: the cluster is one of its own. It runs where TANDEM_BENCH_CLUSTER says (http://127.0.0.1:9210 when absent).
 */
export async function clusterLayer({ data: given, sizes = defaultSizes }: BenchOptions): Promise<BenchReport> {
  const { documents, validation } = await readPrepared(preparedFolder('cluster-layer', given));
  const texts = (validation?.queries ?? []).slice(0, queries).map(({ text }) => text);
  if (texts.length === 0) throw new TandemError('evaluation/no-queries', 'cluster-layer: no validation queries');
  const url = process.env.TANDEM_BENCH_CLUSTER ?? 'http://127.0.0.1:9210';
  const cluster = openCluster({ urls: [url] });
  const index = `bench-layer-${process.pid}`;
  const [results, rows]: [Summary[], string[][]] = [[], []];
  const size = Math.min(documents.length, sizes[0]);
  try {
    const indexing = indexingSchema.parse({ fusionWeight: 0.3 });
    await buildClusterIndex({
      ...{ urls: [url], index, documents: documents.slice(0, size), embedder, indexing, shards, replicas: 0 },
    });
    const noted = noteAsked(cluster);
    const names = indexNames(index);
    const active = await activeGeneration(cluster, names);
    const opened = openGeneration(noted.cluster, generationNames(active.index, names), active.meta, { embedder });
    for (const mode of ['token', 'hybrid'] as const) {
      const measured = await measureMode(opened, noted.take, cluster, mode, texts);
      rows.push(rowOf(mode, measured));
      for (const name of ['search', 'raw', 'same'] as const)
        results.push(summaryOf(`${mode}: ${name}`, measured.cpuMs[name]));
    }
  } finally {
    await cluster
      .ask('DELETE', `/${index}.*`, undefined, { query: { expand_wildcards: 'all' } })
      .catch(() => undefined);
    await cluster.close();
  }
  return {
    bench: 'cluster-layer',
    header: describeMachine({ tandem: tandemVersion() }, { documents: size, queries: texts.length, rounds, shards }),
    results,
    ratio: {},
    quality: {},
    missing: [],
    table: { columns, rows },
  };
}

interface Measured {
  /** processor time of each request, milliseconds, of each way */
  readonly cpuMs: Readonly<Record<Way, readonly number[]>>;
  /** requests of a search, one behind the other, and bytes of their answers; means */
  readonly requests: number;
  readonly bytes: number;
}

type Way = 'search' | 'raw' | 'same';

async function measureMode(
  index: ClusterIndex,
  take: () => readonly AskedOnce[],
  cluster: Cluster,
  mode: SearchMode,
  texts: readonly string[],
): Promise<Measured> {
  const cpuMs = { search: [] as number[], raw: [] as number[], same: [] as number[] };
  let [requests, bytes, measured] = [0, 0, 0];
  for (const text of texts) {
    const search = () => index.search({ text, mode, k });
    // words that were searched before
    await search();
    take();
    await search();
    const asked = take();
    const raw = asked.map(({ lines = [] }) => rawLines(lines, k)).find(lines => lines.length > 0);
    // a query of which no word is known asks for nothing
    if (raw === undefined) continue;
    measured++;
    requests += asked.length;
    for (const { again } of asked) bytes += JSON.stringify(await again()).length;
    const ways: Readonly<Record<Way, () => Promise<unknown>>> = {
      search,
      raw: () => cluster.askLines('/_msearch', raw),
      same: async () => {
        for (const { again } of asked) await again();
      },
    };
    for (let round = 0; round < rounds; round++)
      for (const way of ['search', 'raw', 'same'] as const) cpuMs[way].push(await cpuOf(ways[way]));
    take();
  }
  return { cpuMs, requests: requests / measured, bytes: bytes / measured };
}

/** Processor time of a piece of work, of all threads of this process, milliseconds. */
async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

function rowOf(mode: string, { cpuMs, requests, bytes }: Measured): string[] {
  const [search, raw, same] = (['search', 'raw', 'same'] as const).map(way => summaryOf(way, cpuMs[way]).p50Ms);
  const figures = [search, raw, same, search - raw, search - same].map(ms => ms.toFixed(2));
  return [mode, requests.toFixed(1), (bytes / 1_000).toFixed(0), ...figures];
}
