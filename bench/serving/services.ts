import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { TandemError } from '../../src/errors/tandem-error.js';
import { repositoryRoot } from '../peers/scripts.js';
import { cpuSecondsOf, killTree } from './process-tree.js';

/** A service that answers searches over HTTP. */
export interface Service {
  readonly name: string;
  readonly port: number;
  readonly path: string;
  /** the body of a search for the first k of a text */
  readonly keyword: (text: string, k: number) => string;
  /** ids of an answer, best first */
  readonly idsOf: (answer: unknown) => string[];
  /** processor time that it has used */
  readonly cpuSeconds: () => Promise<number>;
  readonly close: () => Promise<void>;
}

const startMs = 120_000;

async function freePort(): Promise<number> {
  const server = createServer().listen({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (typeof address === 'object' && address !== null) return address.port;
  throw new TandemError('internal', 'a server that listens has an address');
}

/** Waits until a service answers anything at all. */
async function answers(port: number, child: ChildProcess, name: string): Promise<void> {
  const until = performance.now() + startMs;
  for (;;) {
    const found = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    if (found !== undefined) return;
    if (child.exitCode !== null || performance.now() > until)
      throw new TandemError('bench/peer-failed', `${name}: it did not start`);
    await pause(200);
  }
}

async function startProcess(name: string, args: (port: number) => string[]) {
  const port = await freePort();
  const child = spawn(process.execPath, args(port), { stdio: 'ignore' });
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()));
  await answers(port, child, name);
  return {
    port,
    pid: child.pid ?? 0,
    cpuSeconds: () => cpuSecondsOf(child.pid ?? 0),
    kill: async () => {
      await killTree(child.pid ?? 0);
      await ended;
    },
    close: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

interface TandemAnswer {
  readonly hits: readonly { readonly id: string }[];
}
const hitIds = (answer: unknown): string[] => (answer as TandemAnswer).hits.map(({ id }) => String(id));

/** A service that was started from here. */
export interface StartedService extends Service {
  readonly pid: number;
  /** ends it and all its processes, as a fault of the machine would */
  readonly kill: () => Promise<void>;
}

const keyword = (text: string, k: number): string => JSON.stringify({ text, k, mode: 'token' });
const cli = join(repositoryRoot(), 'dist/src/cli/main.js');

/** `tandem serve` as it is, with its log. @param more  arguments */
export async function startTandem(
  index: string,
  workers: number,
  more: readonly string[] = [],
): Promise<StartedService> {
  const name = `tandem, ${workers === 1 ? '1 process' : `${workers} processes`}`;
  const started = await startProcess(name, port => [
    ...[cli, 'serve', '--index', index, '--port', `${port}`, '--workers', `${workers}`, ...more],
  ]);
  // the second one comes when it is ready
  if (workers > 1) await pause(5_000);
  return { name, path: '/search', keyword, idsOf: hitIds, ...started };
}

/** For which requests may wait where all that are asked are to be answered, milliseconds. */
const patience = '10000';

/** `tandem serve` over an index of a cluster, which turns nobody away. @param url  of the cluster */
export async function startClusterServer(url: string, index: string): Promise<StartedService> {
  const name = 'tandem over a cluster';
  const started = await startProcess(name, port => [
    ...[cli, 'serve', '--backend', 'opensearch', '--url', url, '--index', index, '--port', `${port}`],
    ...['--max-wait', patience],
  ]);
  return { name, path: '/search', keyword, idsOf: hitIds, ...started };
}

/** MiniSearch behind Fastify. @param documents  file, one JSON object a line */
export async function startMiniSearch(documents: string): Promise<Service> {
  const name = 'minisearch + fastify';
  const script = fileURLToPath(new URL('minisearch-service.js', import.meta.url));
  const started = await startProcess(name, port => [script, documents, `${port}`]);
  return { name, path: '/search', keyword: (text, k) => JSON.stringify({ text, k }), idsOf: hitIds, ...started };
}

interface OpenSearchAnswer {
  readonly hits: { readonly hits: readonly { readonly _id: string }[] };
}
interface NodeStats {
  readonly nodes: Readonly<
    Record<string, { readonly process: { readonly cpu: { readonly total_in_millis: number } } }>
  >;
}

/** Processor time that all nodes of a cluster have used. @param statistics  its answer to `GET _nodes/stats/process` */
export const cpuSecondsOfNodes = (statistics: unknown): number =>
  Object.values((statistics as NodeStats).nodes).reduce(
    (sum, node) => sum + node.process.cpu.total_in_millis / 1000,
    0,
  );

const opened = 'tandem-bench';
const bulkSize = 1_000;

/** A node that runs already, filled with the documents: English analysis, one shard, merged into one segment. @param url  such as http://127.0.0.1:9200 */
export async function fillOpenSearch(
  url: string,
  documents: readonly { readonly id: string; readonly title: string; readonly description?: string }[],
): Promise<Service & { readonly version: string }> {
  const { hostname, port } = new URL(url);
  if (hostname !== '127.0.0.1')
    throw new TandemError('usage/bad-value', `OpenSearch is asked at 127.0.0.1, not ${hostname}`);
  const ask = async (method: string, path: string, body?: string): Promise<unknown> => {
    const type = path.endsWith('_bulk') ? 'application/x-ndjson' : 'application/json';
    const answer = await fetch(`${url}/${path}`, { method, ...(body && { body, headers: { 'content-type': type } }) });
    if (!answer.ok && method !== 'DELETE')
      throw new TandemError(
        'bench/peer-failed',
        `OpenSearch: ${method} ${path}: ${(await answer.text()).slice(0, 300)}`,
      );
    return answer.json();
  };
  const { version } = (await ask('GET', '')) as { version: { number: string } };
  await ask('DELETE', opened);
  const field = { type: 'text', analyzer: 'english' };
  await ask(
    'PUT',
    opened,
    JSON.stringify({
      settings: { number_of_shards: 1, number_of_replicas: 0 },
      mappings: { properties: { title: field, description: field } },
    }),
  );
  for (let from = 0; from < documents.length; from += bulkSize) {
    const lines = documents
      .slice(from, from + bulkSize)
      .map(document => `{"index":{"_id":${JSON.stringify(document.id)}}}\n${JSON.stringify(document)}\n`);
    await ask('POST', `${opened}/_bulk`, lines.join(''));
  }
  await ask('POST', `${opened}/_refresh`);
  await ask('POST', `${opened}/_forcemerge?max_num_segments=1`);
  return {
    name: 'opensearch',
    version: version.number,
    port: Number(port),
    path: `/${opened}/_search`,
    keyword: (text, k) =>
      JSON.stringify({ size: k, query: { multi_match: { query: text, fields: ['title', 'description'] } } }),
    idsOf: answer => (answer as OpenSearchAnswer).hits.hits.map(({ _id }) => _id),
    cpuSeconds: async () => cpuSecondsOfNodes(await ask('GET', '_nodes/stats/process')),
    close: async () => void (await ask('DELETE', opened)),
  };
}
