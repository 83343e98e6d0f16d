import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readDocumentRows, readQueryRows } from '../src/api/project/read-rows.js';
import { watchOf } from '../src/api/watch.js';
import { tandemVersion } from '../src/config/version.js';
import { chartFile } from '../src/evaluation/report/chart.js';
import { writeWhole } from '../src/files/atomic.js';
import { seededRandom } from '../src/math/random.js';
import { type BenchOptions, type BenchReport, describeMachine } from './frame.js';
import { type FanOut, simulateFanOut } from './scale/fan-out.js';
import { leastOfShard } from './scale/shard-cut.js';
import { type SplitTokens, type SplitVectors, splitTokens, splitVectors, tokensOf } from './scale/split-sets.js';
import { madeSet } from './vectors/rows.js';

const seed = 1;
/** Shards that are simulated, and of these those whose indexes are made. */
const counts = [1, 3, 10, 36, 100, 360, 1_000, 3_600];
const mostMade = 36;
/** A hybrid search of one index, published in docs/results.md ("when nothing is written"), milliseconds. */
const shardTimes = { p50: 4.6, p99: 12 };
const searches = 4_000;
const k = 10;
const page = 100;
const wanted = 0.999;
const madeDocuments = 20_000;
const mostQueries = 200;
const plotFile = join('out', 'scale.svg');

interface Row extends FanOut {
  readonly each: number;
  readonly vectors?: SplitVectors;
  readonly tokens?: SplitTokens;
}

const say = (line: string): boolean => process.stderr.write(`${line}\n`);

/**
 * What many shards do to a search, seeded: the tail of waiting for all, hits that each must give, recall of graphs of shards, and agreement of scores by the counts of each shard. Plots are
 * written to out/scale.svg.
 * @param options.data  folder of prepared data, for the scores; they are left out when absent
 */
export async function scale({ data, sizes = [madeDocuments] }: BenchOptions): Promise<BenchReport> {
  const random = seededRandom(seed);
  const set = madeSet(sizes[0], seed);
  const some = { ...set, queries: set.queries.subarray(0, mostQueries * set.width) };
  const corpus = data === undefined ? undefined : await readCorpus(data);
  const whole = corpus && tokensOf(corpus.titles);
  const rows: Row[] = counts.map(shards => {
    const fanOut = simulateFanOut(shards, shardTimes, searches, random);
    const made = shards <= mostMade;
    const row: Row = {
      ...fanOut,
      each: leastOfShard(page, shards, wanted),
      ...(made && { vectors: splitVectors(some, shards, k) }),
      ...(made && corpus && whole && { tokens: splitTokens(corpus.titles, corpus.texts, shards, k, whole) }),
    };
    say(`${shards} shards`);
    return row;
  });
  await draw(rows);
  say(`plots: ${plotFile}`);
  return report(rows, { documents: sizes[0], titles: corpus?.titles.length ?? 0, searches });
}

async function readCorpus(folder: string): Promise<{ titles: string[]; texts: string[] }> {
  const titles: string[] = [];
  for await (const { title } of readDocumentRows(join(folder, 'documents.jsonl'))) titles.push(title);
  const queries = await readQueryRows(join(folder, 'queries.test.jsonl'), watchOf());
  return { titles, texts: queries.slice(0, mostQueries).map(({ text }) => text) };
}

const line = (name: string, rows: readonly Row[], of: (row: Row) => number | undefined) => ({
  name,
  points: rows.map(row => [row.shards, of(row) ?? Number.NaN] as const),
});

async function draw(rows: readonly Row[]): Promise<void> {
  const x = { label: 'shards', scale: 'log' } as const;
  const drawn = chartFile([
    {
      kind: 'lineChart',
      title: 'A search that waits for all shards',
      x,
      y: { label: 'ms' },
      dots: true,
      series: [
        line('p50', rows, ({ p50 }) => p50),
        line('p99', rows, ({ p99 }) => p99),
        line('p99, late shards asked twice', rows, ({ hedgedP99 }) => hedgedP99),
      ],
    },
    {
      kind: 'lineChart',
      title: 'The ten best, found in shards',
      x,
      y: { label: 'share' },
      dots: true,
      series: [
        line('vectors, breadth 100 in each shard', rows, ({ vectors }) => vectors?.recall),
        line('vectors, breadth 100 in all', rows, ({ vectors }) => vectors?.recallOfShare),
        line('tokens, counts of each shard', rows, ({ tokens }) => tokens?.overlap),
      ],
    },
    {
      kind: 'lineChart',
      title: `Hits that each shard must give for ${100 * wanted} % of the ${page} best`,
      x,
      y: { label: 'hits' },
      dots: true,
      series: [line('hits', rows, ({ each }) => each)],
    },
  ]);
  await mkdir('out', { recursive: true });
  await writeWhole(plotFile, drawn ?? '');
}

function report(rows: readonly Row[], sizes: Record<string, number>): BenchReport {
  const figure = (value: number | undefined, digits = 1): string => (value === undefined ? '' : value.toFixed(digits));
  const columns = [
    'shards',
    'p50 ms',
    'p99 ms',
    'p99 hedged',
    'asked again %',
    `hits each, of ${page}`,
    'vectors recall@10',
    'with breadth in all',
    'tokens overlap@10',
    'score differs %',
  ].map(name => ({ name, numeric: true }));
  const last = rows.at(-1);
  return {
    bench: 'scale',
    header: describeMachine(
      { tandem: tandemVersion() },
      { ...sizes, 'shard p50 ms': shardTimes.p50, 'shard p99 ms': shardTimes.p99 },
    ),
    results: [],
    ratio: {},
    quality: { [`p99 of ${last?.shards} shards over that of one`]: (last?.p99 ?? 0) / rows[0].p99 },
    missing: sizes.titles === 0 ? ['tokens: give --data, a folder that `tandem prepare` wrote'] : [],
    table: {
      columns,
      rows: rows.map(({ shards, p50, p99, hedgedP99, asked, each, vectors, tokens }) => [
        String(shards),
        figure(p50),
        figure(p99),
        figure(hedgedP99),
        figure(100 * asked),
        String(each),
        figure(vectors?.recall, 4),
        figure(vectors?.recallOfShare, 4),
        figure(tokens?.overlap, 4),
        figure(tokens && 100 * tokens.scoreDifference),
      ]),
    },
  };
}
