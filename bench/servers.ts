import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readPrepared } from '../data/prepared.js';
import { buildClusterIndex } from '../serving/backends/opensearch/build.js';
import { openCluster } from '../serving/backends/opensearch/cluster.js';
import { indexingSchema } from '../src/config/indexing.js';
import { tandemVersion } from '../src/config/version.js';
import { TandemError } from '../src/errors/tandem-error.js';
import { preparedFolder } from './data-folder.js';
import { type BenchOptions, type BenchReport, describeMachine } from './frame.js';
import { quantile } from './measure.js';
import { numberOf, type PeerProcess, startPeer } from './peers/process.js';
import { textsOf } from './serving/material.js';
import { cpuSecondsOfNodes, type Service, startClusterServer } from './serving/services.js';

const defaultSizes = [10_000];
const crews = [1, 2, 3];
const [hits, connections, rounds] = [20, 12, 3];
const seconds = { warmUp: 8, round: 6 };
const comparedTexts = 50;

const say = (line: string): boolean => process.stderr.write(`${line}\n`);

/** One round of one crew. */
interface Round {
  readonly answersPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** processor time of an answer, of all servers and of all nodes, milliseconds */
  readonly serverMs: number;
  readonly clusterMs: number;
}

/**
 * Keyword searches a second of 1, 2 and 3 servers over one index of a cluster, in turns. Twelve connections ask, which the servers share as behind a balancer; each server is asked
 * by a process of its own. The cluster, the servers and who asks share this machine, so that more servers than cores are worth no more here: processor time of an answer
 * says what each part needs. It runs where TANDEM_BENCH_CLUSTER says (http://127.0.0.1:9210 when absent).
 * @throws TandemError 'usage/missing-option' | 'bench/*' | 'cluster/*' | as `readPrepared`
 */
export async function servers({ data: given, sizes = defaultSizes }: BenchOptions): Promise<BenchReport> {
  const data = await readPrepared(preparedFolder('servers', given));
  const documents = data.documents.slice(0, sizes[0]);
  const url = process.env.TANDEM_BENCH_CLUSTER ?? 'http://127.0.0.1:9210';
  const cluster = openCluster({ urls: [url] });
  const index = `bench-servers-${process.pid}`;
  const folder = await mkdtemp(join(tmpdir(), 'tandem-bench-servers-'));
  const running: { close(): Promise<void> }[] = [];
  try {
    const indexing = indexingSchema.parse({});
    await buildClusterIndex({ urls: [url], index, documents, indexing, shards: 1, replicas: 0 });
    const started: Service[] = [];
    const askers: PeerProcess[] = [];
    for (const _ of crews) {
      started.push(await startClusterServer(url, index));
      askers.push(await startAsker());
      running.push(started[started.length - 1], askers[askers.length - 1]);
    }
    const texts = textsOf(data);
    await sameAnswers(started, texts.slice(0, comparedTexts));
    const bodies = join(folder, 'bodies.json');
    await writeFile(bodies, JSON.stringify(texts.map(text => started[0].keyword(text, hits))));
    const clusterCpu = async (): Promise<number> =>
      cpuSecondsOfNodes(await cluster.ask('GET', '/_nodes/stats/process'));
    const measured = crews.map(() => [] as Round[]);
    for (let round = 0; round <= rounds; round++)
      for (const [at, count] of crews.entries()) {
        const asked = { services: started.slice(0, count), askers, bodies, clusterCpu };
        const one = await measure(asked, round === 0 ? seconds.warmUp : seconds.round);
        if (round > 0) measured[at].push(one);
        say(`round ${round} of ${rounds}, ${count} servers: ${one.answersPerSecond.toFixed(0)} answers a second`);
      }
    return report(measured, documents.length, texts.length);
  } finally {
    for (const one of running) await one.close();
    await cluster
      .ask('DELETE', `/${index}.*`, undefined, { query: { expand_wildcards: 'all' } })
      .catch(() => undefined);
    await cluster.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function startAsker(): Promise<PeerProcess> {
  const asker = await startPeer(process.execPath, [fileURLToPath(new URL('serving/load.js', import.meta.url))]);
  if ('missing' in asker) throw new TandemError('bench/peer-failed', asker.missing);
  return asker;
}

/** @throws TandemError 'bench/wrong-answer' where two servers answer differently */
async function sameAnswers(services: readonly Service[], texts: readonly string[]): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  for (const text of texts) {
    const answers: string[] = [];
    for (const { port, path, keyword, idsOf } of services) {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
        ...{ method: 'POST', body: keyword(text, hits), headers },
      });
      answers.push(JSON.stringify(idsOf(await answer.json())));
    }
    if (new Set(answers).size > 1) throw new TandemError('bench/wrong-answer', `servers differ for ${text}`);
  }
}

interface Asked {
  readonly services: readonly Service[];
  readonly askers: readonly PeerProcess[];
  readonly bodies: string;
  readonly clusterCpu: () => Promise<number>;
}

async function measure({ services, askers, bodies, clusterCpu }: Asked, seconds: number): Promise<Round> {
  const serverCpu = async (): Promise<number> =>
    (await Promise.all(services.map(service => service.cpuSeconds()))).reduce((sum, each) => sum + each, 0);
  const before = { servers: await serverCpu(), cluster: await clusterCpu() };
  const each = { bodies, connections: connections / services.length, seconds };
  const told = await Promise.all(services.map(({ port, path }, at) => askers[at].ask({ port, path, ...each })));
  const sum = (name: string): number => told.reduce((total, one) => total + numberOf(one, name), 0);
  const answers = sum('answers');
  if (sum('failed') > 0) throw new TandemError('bench/wrong-answer', `${sum('failed')} of ${answers} answers failed`);
  const longest = (name: string): number => Math.max(...told.map(one => numberOf(one, name)));
  return {
    answersPerSecond: answers / longest('seconds'),
    p50Ms: sum('p50Ms') / told.length,
    p99Ms: longest('p99Ms'),
    serverMs: (1000 * ((await serverCpu()) - before.servers)) / answers,
    clusterMs: (1000 * ((await clusterCpu()) - before.cluster)) / answers,
  };
}

const median = (done: readonly Round[], figure: keyof Round): number =>
  quantile(
    done.map(round => round[figure]),
    0.5,
  );

function report(measured: readonly (readonly Round[])[], documents: number, texts: number): BenchReport {
  const columns = ['servers', 'answers/s', 'over one', 'p50 ms', 'p99 ms', 'CPU ms of servers', 'of the cluster'];
  const rate = (done: readonly Round[]): number => median(done, 'answersPerSecond');
  return {
    bench: 'servers',
    header: describeMachine(
      { tandem: tandemVersion() },
      { documents, texts, hits, connections, 'seconds of a round': seconds.round, rounds },
    ),
    results: measured.map((done, at) => ({
      name: `${crews[at]} servers`,
      samples: done.length,
      p50Ms: median(done, 'p50Ms'),
      p99Ms: median(done, 'p99Ms'),
      minMs: Math.min(...done.map(({ p50Ms }) => p50Ms)),
    })),
    ratio: {},
    quality: { 'texts with the same hits from each server': comparedTexts },
    missing: [],
    table: {
      columns: columns.map(name => ({ name, numeric: true })),
      rows: measured.map((done, at) => [
        `${crews[at]}`,
        rate(done).toFixed(0),
        (rate(done) / rate(measured[0])).toFixed(2),
        ...[median(done, 'p50Ms'), median(done, 'p99Ms')].map(ms => ms.toFixed(1)),
        ...[median(done, 'serverMs'), median(done, 'clusterMs')].map(ms => ms.toFixed(2)),
      ]),
    },
  };
}
