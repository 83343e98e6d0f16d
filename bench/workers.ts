import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programOfCommands } from '../src/api/steps/program.js';
import { tandemVersion } from '../src/config/version.js';
import { TandemError } from '../src/errors/tandem-error.js';
import { preparedFolder } from './data-folder.js';
import { type BenchOptions, type BenchReport, describeMachine } from './frame.js';
import { cpuSecondsOf } from './serving/process-tree.js';

const crews = [1, 2, 3];
const usualDocuments = 50_000;

const say = (line: string): boolean => process.stderr.write(`${line}\n`);

interface Crew {
  readonly workers: number;
  readonly documents: number;
  readonly seconds: number;
  /** of the processors, by all workers from their start */
  readonly cpuSeconds: number;
}

/**
 * Documents a second of 1, 2 and 3 workers of one thread each, through a real Redis, on this machine: more workers than cores are worth no more. The results of all are the same bytes.
 * @param options.data  folder of prepared data; the variable TANDEM_BENCH_INDEX names an index whose model embeds
 */
export async function workers({ data, sizes = [usualDocuments] }: BenchOptions): Promise<BenchReport> {
  const index = process.env.TANDEM_BENCH_INDEX;
  if (index === undefined)
    throw new TandemError('usage/missing-option', 'bench workers: set TANDEM_BENCH_INDEX: an index with a model');
  const folder = await mkdtemp(join(tmpdir(), 'tandem-bench-workers-'));
  const redis = await startRedis(folder);
  try {
    const lines = (await readFile(join(preparedFolder('workers', data), 'documents.jsonl'), 'utf8')).split('\n');
    const rows = join(folder, 'documents.jsonl');
    await writeFile(rows, lines.slice(0, sizes[0]).join('\n'));
    const embed = ['embed', 'documents', '--model', join(index, 'model'), '--in', rows, '--redis', redis.url];
    const measured: Crew[] = [];
    const made: Buffer[] = [];
    for (const count of crews) {
      const out = join(folder, `${count}.jsonl`);
      measured.push(await measure(count, redis.url, [...embed, '--out', out]));
      made.push(await readFile(out));
      say(`${count} workers`);
    }
    const same = made.every(bytes => bytes.equals(made[0]));
    if (!same) throw new TandemError('internal', 'bench workers: crews made different embeddings');
    return report(measured);
  } finally {
    redis.process.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(count: number, url: string, embed: readonly string[]): Promise<Crew> {
  const crew = Array.from({ length: count }, () => start(['worker', '--redis', url, '--workers', '1']));
  try {
    // the first line of each: it is connected
    await Promise.all(crew.map(worker => once(worker.stdout ?? worker, 'data')));
    const command = start([...embed, '--json']);
    let printed = '';
    command.stdout?.on('data', chunk => {
      printed += chunk;
    });
    await once(command, 'close');
    const { rows: documents, seconds, message } = JSON.parse(printed);
    if (message !== undefined) throw new TandemError('internal', `bench workers: ${message}`);
    const cpu = await Promise.all(crew.map(({ pid }) => cpuSecondsOf(pid ?? 0)));
    return { workers: count, documents, seconds, cpuSeconds: cpu.reduce((sum, each) => sum + each, 0) };
  } finally {
    for (const worker of crew) worker.kill('SIGKILL');
  }
}

const start = (words: readonly string[]): ChildProcess =>
  spawn(process.execPath, [programOfCommands, ...words], { stdio: ['ignore', 'pipe', 'ignore'] });

/** @throws TandemError 'usage/bad-value' where no redis-server is installed */
async function startRedis(folder: string): Promise<{ readonly url: string; readonly process: ChildProcess }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const settings = ['--bind', '127.0.0.1', '--port', `${port}`, '--appendonly', 'yes', '--dir', folder];
  const child = spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child, 'spawn').catch(() => {
    throw new TandemError('usage/bad-value', 'bench workers: redis-server is not installed');
  });
  for await (const text of child.stdout) if (`${text}`.includes('Ready to accept connections')) break;
  return { url: `redis://127.0.0.1:${port}`, process: child };
}

function report(crew: readonly Crew[]): BenchReport {
  const rate = ({ documents, seconds }: Crew): number => documents / seconds;
  const columns = ['workers', 'documents', 's', 'documents/s', 'over one', 'processor ms a document'];
  return {
    bench: 'workers',
    header: describeMachine({ tandem: tandemVersion() }, { documents: crew[0].documents }),
    results: [],
    ratio: {},
    quality: { 'same bytes': 1 },
    missing: [],
    table: {
      columns: columns.map(name => ({ name, numeric: true })),
      rows: crew.map(one => [
        String(one.workers),
        String(one.documents),
        one.seconds.toFixed(1),
        rate(one).toFixed(0),
        (rate(one) / rate(crew[0])).toFixed(2),
        ((1000 * one.cpuSeconds) / one.documents).toFixed(3),
      ]),
    },
  };
}
