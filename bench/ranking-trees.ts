import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lambdaMartSchema } from '../src/config/ranking.js';
import { tandemVersion } from '../src/config/version.js';
import { TandemError } from '../src/errors/tandem-error.js';
import { compileEnsemble } from '../src/ranking/trees/compile.js';
import type { TreeEnsemble } from '../src/ranking/trees/ensemble.js';
import { walkEnsemble } from '../src/ranking/trees/walk-ensemble.js';
import { trainLambdaMart } from '../training/ranking/lambda-mart.js';
import { ndcgMeter } from '../training/ranking/ndcg.js';
import type { RankingRows } from '../training/ranking/rows.js';
import { readRows } from '../training/ranking/rows-file.js';
import { type BenchOptions, type BenchReport, describeMachine } from './frame.js';
import { quantile } from './measure.js';
import { numberOf, pythonCommand, startPeer } from './peers/process.js';
import { peerScript } from './peers/scripts.js';
import { foldOf, madeRows, rowsOfQueries } from './ranking/rows.js';

const folds = 5;
const trees = 100;
const threads = 2;
const k = 10;
const madeSize = 200_000;
/** what is scored: the candidates of a query by a large ranker */
const scored = { rows: 200, trees: 500 };
const passes = 1000;
const seed = 1;

/** One ranker of one fold. */
interface Trained {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** nDCG@10 of the fold that it was not trained on */
  readonly ndcg: number;
}

type Contestant = (fold: number, train: RankingRows, test: RankingRows) => Promise<Trained>;

const columnsOf = ({ columns }: RankingRows): Float64Array[] => columns.map(column => Float64Array.from(column));

const ours: Contestant = async (_, train, test) => {
  const options = lambdaMartSchema.parse({ trees, threads, k, seed });
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  const { ensemble } = await trainLambdaMart(train, undefined, options);
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const scores = compileEnsemble(ensemble).scores(columnsOf(test));
  return { seconds, cpuSeconds: (user + system) / 1e6, ndcg: ndcgMeter(test, k)(scores) };
};

/** LightGBM over the same rows, which it reads from a folder. */
async function lightGbm(rows: RankingRows, folder: string) {
  const bytes = (numbers: Float32Array | Float64Array | Uint32Array): Uint8Array =>
    new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  await writeFile(
    join(folder, 'rows.json'),
    JSON.stringify({ rows: rows.gains.length, features: rows.features.length }),
  );
  await writeFile(join(folder, 'columns.f32'), Buffer.concat(rows.columns.map(bytes)));
  await writeFile(join(folder, 'gains.f64'), bytes(rows.gains));
  await writeFile(join(folder, 'groups.u32'), bytes(rows.groups));
  const peer = await startPeer(pythonCommand(), [peerScript('lightgbm_ranker.py'), folder]);
  if ('missing' in peer) return peer;
  const train: Contestant = async (fold, _, test) => {
    const answer = await peer.ask({ cmd: 'fold', fold, folds, trees, threads });
    const scores = new Float64Array(new Uint8Array(await readFile(`${answer.scores}`)).buffer);
    const [seconds, cpuSeconds] = [numberOf(answer, 'seconds'), numberOf(answer, 'cpuSeconds')];
    return { seconds, cpuSeconds, ndcg: ndcgMeter(test, k)(scores) };
  };
  return { train, version: `${peer.ready.version}`, close: peer.close };
}

/** Times of scoring the candidates of a query, milliseconds. @throws TandemError 'bench/wrong-answer' when it is not the sum of walking down the trees */
async function timeScoring(rows: RankingRows): Promise<number[]> {
  const few = rowsOfQueries(rows, foldOf(rows.groups.length - 1, 0, Math.ceil(rows.gains.length / 20_000)).test);
  const options = lambdaMartSchema.parse({ trees: scored.trees, threads, seed });
  const { ensemble } = await trainLambdaMart(few, undefined, options);
  const columns = columnsOf(rows).map(column => column.slice(0, scored.rows));
  checkScores(ensemble, columns);
  const { scores } = compileEnsemble(ensemble);
  const times: number[] = [];
  for (let pass = 0; pass < passes; pass++) {
    const started = performance.now();
    scores(columns);
    times.push(performance.now() - started);
  }
  return times;
}

function checkScores(ensemble: TreeEnsemble, columns: readonly Float64Array[]): void {
  const walked = walkEnsemble(ensemble, columns);
  if (
    compileEnsemble(ensemble)
      .scores(columns)
      .every((score, row) => score === walked[row])
  )
    return;
  throw new TandemError('bench/wrong-answer', 'scores of the compiled trees are not those of walking down the trees');
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const say = (line: string): boolean => process.stderr.write(`${line}\n`);

/**
 * Our LambdaMART beside LightGBM's: the same rows, features, settings and folds, quality and time in one table; and what scoring the candidates of a query takes.
 * `--data FILE` names rows that `tandem rank rows` wrote; without it rows are made up, as many as `--sizes` says.
 */
export async function rankingTrees({ data, sizes = [madeSize], without }: BenchOptions): Promise<BenchReport> {
  const rows = data === undefined ? madeRows(sizes[0], seed) : await readRows(data);
  const queries = rows.groups.length - 1;
  const folder = await mkdtemp(join(tmpdir(), 'tandem-bench-'));
  const measured: Record<string, Trained[]> = {};
  const versions: Record<string, string> = { tandem: tandemVersion() };
  const missing: string[] = [];
  try {
    const peer = without.has('lightgbm') ? { missing: 'left out by --without' } : await lightGbm(rows, folder);
    const contestants: [string, Contestant][] = [['tandem', ours]];
    if ('missing' in peer) missing.push(`lightgbm: ${peer.missing}`);
    else {
      versions.lightgbm = peer.version;
      contestants.push(['lightgbm', peer.train]);
    }
    for (let fold = 0; fold < folds; fold++) {
      const { train, test } = foldOf(queries, fold, folds);
      const [learning, held] = [rowsOfQueries(rows, train), rowsOfQueries(rows, test)];
      for (const [name, contestant] of contestants) {
        const result = await contestant(fold, learning, held);
        measured[name] = [...(measured[name] ?? []), result];
        say(`fold ${fold + 1} of ${folds}: ${name} ${result.seconds.toFixed(2)} s, nDCG@10 ${result.ndcg.toFixed(4)}`);
      }
    }
    if (!('missing' in peer)) await peer.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const scoring = await timeScoring(rows);
  return report(rows, measured, versions, missing, scoring);
}

function report(
  rows: RankingRows,
  measured: Readonly<Record<string, readonly Trained[]>>,
  versions: Record<string, string>,
  missing: readonly string[],
  scoring: readonly number[],
): BenchReport {
  const { tandem, lightgbm } = measured;
  const ndcgOf = (results: readonly Trained[]): number => mean(results.map(({ ndcg }) => ndcg));
  const scoringMs = quantile(scoring, 0.5);
  const scoringName = `score ${scored.rows} rows x ${scored.trees} trees`;
  return {
    bench: 'ranking-trees',
    header: describeMachine(versions, {
      queries: rows.groups.length - 1,
      rows: rows.gains.length,
      features: rows.features.length,
      folds,
      trees,
      threads,
    }),
    results: [
      ...Object.entries(measured).map(([name, results]) => {
        const ms = results.map(({ seconds }) => seconds * 1000);
        const [p50Ms, p99Ms] = [quantile(ms, 0.5), quantile(ms, 0.99)];
        return { name: `train ${name}`, samples: ms.length, p50Ms, p99Ms, minMs: Math.min(...ms) };
      }),
      {
        name: scoringName,
        samples: scoring.length,
        p50Ms: scoringMs,
        p99Ms: quantile(scoring, 0.99),
        minMs: Math.min(...scoring),
      },
    ],
    ratio: lightgbm
      ? {
          lightgbm: quantile(
            lightgbm.map(({ seconds }, fold) => seconds / tandem[fold].seconds),
            0.5,
          ),
        }
      : {},
    quality: {
      ...Object.fromEntries(Object.entries(measured).map(([name, results]) => [`${name} nDCG@10`, ndcgOf(results)])),
      ...(lightgbm && { 'nDCG@10 above lightgbm': ndcgOf(tandem) - ndcgOf(lightgbm) }),
      [`${scoringName}, p50 ms`]: scoringMs,
    },
    missing,
    table: {
      columns: [
        { name: '' },
        ...['nDCG@10', 'least', 'most', 'seconds', 'CPU seconds', scoringName].map(name => ({ name, numeric: true })),
      ],
      rows: Object.entries(measured).map(([name, results]) => {
        const gains = results.map(({ ndcg }) => ndcg);
        return [
          name,
          ...[mean(gains), Math.min(...gains), Math.max(...gains)].map(gain => gain.toFixed(4)),
          ...[results.map(({ seconds }) => seconds), results.map(({ cpuSeconds }) => cpuSeconds)].map(values =>
            quantile(values, 0.5).toFixed(2),
          ),
          name === 'tandem' ? `${scoringMs.toFixed(3)} ms` : '',
        ];
      }),
    },
  };
}
