import { spawn } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { readManifest } from '../data/manifest.js';
import { tandemVersion } from '../src/config/version.js';
import { TandemError } from '../src/errors/tandem-error.js';
import { type BenchOptions, type BenchReport, describeMachine } from './frame.js';
import { residentMiB } from './lexical/process-figures.js';

const documents = 10_000;
const queries = 20_000;
/** a session: search, click, click, message, reply (in three of four), search, click, message */
const sessionEvents = 8;
const formats = ['parquet', 'jsonl'] as const;

interface Figures {
  readonly events: number;
  readonly format: string;
  readonly fileMiB: number;
  readonly seconds: number;
  readonly peakMiB: number;
}

/**
 * `tandem prepare --events` in a process of its own on logs that DuckDB makes: the rows of a session lie as far apart as the log is long.
 * Every session that is replied to is a positive, and the number of them is checked.
 * @throws TandemError 'bench/wrong-answer'
 */
export async function events({ sizes = [1_000_000] }: BenchOptions): Promise<BenchReport> {
  const measured: Figures[] = [];
  for (const size of sizes) for (const format of formats) measured.push(await measure(size, format));
  return {
    bench: 'events',
    header: describeMachine({ tandem: tandemVersion() }, { documents, queries, 'events a session': sessionEvents }),
    results: [],
    ratio: {},
    quality: Object.fromEntries(
      measured.map(({ events: count, format, seconds }) => [`rows/s of ${count} ${format}`, count / seconds]),
    ),
    missing: [],
    table: {
      columns: ['events', 'format', 'file MiB', 'seconds', 'rows/s', 'peak MiB'].map(name => ({
        name,
        numeric: name !== 'format',
      })),
      rows: measured.map(({ events: count, format, fileMiB, seconds, peakMiB }) => [
        `${count}`,
        format,
        fileMiB.toFixed(0),
        seconds.toFixed(1),
        (count / seconds).toFixed(0),
        peakMiB.toFixed(0),
      ]),
    },
  };
}

async function measure(size: number, format: (typeof formats)[number]): Promise<Figures> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-bench-'));
  try {
    const log = join(folder, `events.${format}`);
    const sessions = Math.ceil(size / sessionEvents);
    await generate(folder, log, sessions);
    const out = join(folder, 'data');
    const { seconds, peakMiB } = await runPrepare(join(folder, 'documents.jsonl'), log, out);
    const { events: found } = await readManifest(out);
    const expected = sessions - Math.floor(sessions / 4);
    if (found?.positives !== expected) {
      throw new TandemError('bench/wrong-answer', `${found?.positives} positives were found of ${expected}`);
    }
    process.stderr.write(`${size} events, ${format}: ${seconds.toFixed(1)} s\n`);
    const fileMiB = (await stat(log)).size / 2 ** 20;
    return { events: sessions * sessionEvents, format, fileMiB, seconds, peakMiB };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function generate(folder: string, log: string, sessions: number): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: '512MB',
    preserve_insertion_order: 'false',
  });
  const connection = await instance.connect();
  try {
    const file = join(folder, 'documents.jsonl');
    const rows = `SELECT i::VARCHAR AS id, 'document ' || i AS title FROM range(${documents}) r(i)`;
    await connection.run(`COPY (${rows}) TO '${file}' (FORMAT json)`);
    const format = log.endsWith('.parquet') ? 'parquet' : 'json';
    await connection.run(`COPY (${sessionsSql(sessions)}) TO '${log}' (FORMAT ${format})`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** No cell is null: JSON Lines of people leave absent values out, and DuckDB would write them as null. */
const sessionsSql = (sessions: number): string => `
  WITH placed AS (
    SELECT i % ${sessions} AS s, i // ${sessions} AS place FROM range(${sessions * sessionEvents}) r(i)
  )
  SELECT 's' || s AS session, 1700000000000 + s * 1000 + place * 60000 AS time,
    CASE place WHEN 0 THEN 'search' WHEN 3 THEN 'message' WHEN 5 THEN 'search' WHEN 7 THEN 'message'
      WHEN 4 THEN CASE s % 4 WHEN 3 THEN 'scroll' ELSE 'reply' END ELSE 'click' END AS type,
    CASE WHEN place IN (0, 5) THEN 'query ' || hash(s * 8 + place) % ${queries} ELSE '' END AS query,
    ((hash(s) % ${documents} + CASE WHEN place = 2 THEN 1 WHEN place > 4 THEN 2 ELSE 0 END) % ${documents})::VARCHAR AS "documentId"
  FROM placed`;

async function runPrepare(from: string, log: string, out: string): Promise<{ seconds: number; peakMiB: number }> {
  const cli = fileURLToPath(new URL('../src/cli/main.js', import.meta.url));
  const words = ['prepare', '--documents', from, '--events', log, '--out', out, '--json'];
  const started = performance.now();
  const child = spawn(process.execPath, [cli, ...words], { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  let running = true;
  const stop = ended.finally(() => {
    running = false;
  });
  let peakMiB = 0;
  while (running) {
    if (child.pid !== undefined) peakMiB = Math.max(peakMiB, (await residentMiB(child.pid)) || 0);
    await pause(100);
  }
  const code = await stop;
  const seconds = (performance.now() - started) / 1000;
  if (code === 0) return { seconds, peakMiB };
  throw new TandemError('bench/wrong-answer', `prepare ended with exit code ${code}`);
}
