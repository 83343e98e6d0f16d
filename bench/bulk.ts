import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readPrepared } from '../data/prepared.js';
import { tandemVersion } from '../src/config/version.js';
import { TandemError } from '../src/errors/tandem-error.js';
import type { Loaded, Searched } from './bulk/child.js';
import { preparedFolder } from './data-folder.js';
import { type BenchOptions, type BenchReport, describeMachine } from './frame.js';
import { perturbedDocuments, writeLines } from './lexical/corpus.js';
import { folderBytes } from './lexical/process-figures.js';
import { type Summary, summaryOf } from './measure.js';

const seed = 1;
const defaultSizes = [100_000];

const columns = [
  { name: 'documents' },
  ...[
    ...['seconds', 'docs/s', 'CPU s', 'peak MiB', 'store MB', 'tokens MB', 'open s', 'open MiB'],
    ...['top-10 p50 ms', 'p99 ms', 'top-100 p50 ms', 'p99 ms'],
  ].map(name => ({ name, numeric: true })),
];

async function inChild<T>(work: 'load' | 'search', ...files: string[]): Promise<T> {
  const child = join(dirname(fileURLToPath(import.meta.url)), 'bulk', 'child.js');
  const { stdout } = await promisify(execFile)(process.execPath, [child, work, ...files], { maxBuffer: 2 ** 26 });
  return JSON.parse(stdout) as T;
}

/**
 * A whole index of many documents, as `tandem index` makes it without a model: made and searched in processes of their own, with mending and closeness and the
 * documents of the hits. The documents are titles of the data and copies of them (lexical/corpus.ts), the queries those of its validation split.
 * `TMPDIR` says where they lie: 10^7 take some 6 GB.
 */
export async function bulk({ data: given, sizes = defaultSizes }: BenchOptions): Promise<BenchReport> {
  const data = await readPrepared(preparedFolder('bulk', given));
  const queries = data.validation?.queries.map(({ text }) => text) ?? [];
  if (queries.length === 0) throw new TandemError('evaluation/no-queries', `${data.folder}: no validation queries`);
  const titles = data.documents.map(({ title }) => title);
  const folder = await mkdtemp(join(tmpdir(), 'tandem-bench-'));
  const [documents, queryFile, out] = ['documents.jsonl', 'queries.jsonl', 'index'].map(name => join(folder, name));
  const rows: string[][] = [];
  const results: Summary[] = [];
  try {
    await writeLines(queryFile, queries);
    for (const size of sizes) {
      await writeLines(documents, perturbedDocuments(titles, size, seed));
      const loaded = await inChild<Loaded>('load', documents, out);
      const [store, tokens] = [await folderBytes(join(out, 'documents')), await folderBytes(join(out, 'tokens'))];
      const searched = await inChild<Searched>('search', out, queryFile);
      await rm(out, { recursive: true });
      const summaries = ([10, 100] as const).map(k => summaryOf(`top-${k} @${size}`, searched.times[k]));
      results.push(...summaries);
      rows.push(rowOf(size, loaded, [store, tokens], searched, summaries));
      process.stderr.write(`${rows.at(-1)?.join('  ')}\n`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return {
    bench: 'bulk',
    header: describeMachine({ tandem: tandemVersion() }, { queries: queries.length }),
    results,
    ratio: {},
    quality: {},
    missing: [],
    table: { columns, rows },
  };
}

function rowOf(
  size: number,
  { seconds, cpuSeconds, peakMiB }: Loaded,
  bytes: readonly number[],
  { openSeconds, residentMiB }: Searched,
  summaries: readonly Summary[],
): string[] {
  return [
    ...[size, seconds, size / seconds, cpuSeconds, peakMiB, ...bytes.map(each => each / 1e6)].map(figure =>
      figure.toFixed(0),
    ),
    openSeconds.toFixed(1),
    residentMiB.toFixed(0),
    ...summaries.flatMap(({ p50Ms, p99Ms }) => [p50Ms.toPrecision(3), p99Ms.toPrecision(3)]),
  ];
}
