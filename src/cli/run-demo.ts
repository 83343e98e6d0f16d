import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { preparedFiles } from '../../data/manifest.js';
import { prepareEmoji, slicesFile } from '../../data/prepare-emoji.js';
import { readQueries } from '../../data/queries.js';
import { renderPictures } from '../../data/sources/emoji-pictures.js';
import { writeImageEncoder } from '../../models/images/image-encoder.js';
import { trainingSections } from '../../training/report/training-sections.js';
import type { TrainSummary } from '../../training/trainer.js';
import type { Config } from '../config/schema.js';
import { TandemError } from '../errors/tandem-error.js';
import type { VectorMeasures } from '../evaluation/measure-vectors.js';
import type { EvaluatedRun } from '../evaluation/report/evaluation-report.js';
import { evaluationSections } from '../evaluation/report/evaluation-sections.js';
import { renderReport } from '../evaluation/report/render-report.js';
import { type SliceLabels, sliceEvaluation } from '../evaluation/slices.js';
import { terminalTable } from '../evaluation/terminal-table.js';
import { readQrels } from '../evaluation/trec.js';
import { writeWhole } from '../files/atomic.js';
import type { Destination } from '../files/destination.js';
import type { CommandContext, Outcome } from './command.js';
import { demoImageEncoder } from './demo-image-encoder.js';
import { withDestinations } from './destination.js';
import { evaluateModes, evaluateVectors, metricsOf, readSlices } from './evaluate-files.js';
import { compareWithFirst, formatComparison, formatMetrics } from './format-metrics.js';
import { indexSections } from './index-sections.js';
import { type MadeIndex, makeIndex } from './make-index.js';
import { isFolder, withSearch } from './open-search.js';
import { readConfig } from './read-config.js';
import { readDocumentFile } from './read-rows.js';
import { serveIndex } from './serve-index.js';
import { trainModel } from './train-model.js';

export interface DemoOptions {
  readonly dir: string;
  readonly port: number;
  readonly serve: boolean;
  /** a third of the emoji in four locales */
  readonly fast: boolean;
}

/** Where the demo keeps its parts. */
const places = (dir: string) => ({
  data: join(dir, 'data'),
  pictures: join(dir, 'pictures'),
  imageEncoder: join(dir, 'image-encoder'),
  model: join(dir, 'model'),
  index: join(dir, 'index'),
  report: join(dir, 'report.html'),
});

type Places = ReturnType<typeof places>;

const shares = { train: 0.9, validation: 0.05, test: 0.05 };
/** pixels, width and height */
const pictureSize = 128;
/** The figure that modes are compared by. */
const figure = 'nDCG@10';

/** What the demo makes anew each time: in its own folder it needs no leave to replace what it made there before. */
const destinationsOf = ({ data, imageEncoder, model, index, report }: Places): Destination[] => [
  { path: data, kind: 'data', force: true },
  { path: imageEncoder, kind: 'imageEncoder', force: true },
  { path: model, kind: 'model', force: true },
  { path: index, kind: 'index', force: true },
  { path: report, kind: 'file', force: true },
];

/** The whole path on the shipped data. Each step writes what the command of its name would; so each can be repeated alone. */
export async function runDemo(options: DemoOptions, context: CommandContext): Promise<Outcome> {
  const { dir, port, serve } = options;
  const { json, text } = await withDestinations(destinationsOf(places(dir)), () => makeDemo(options, context));
  if (!serve) return { json, text };
  const { url, closed } = await serveIndex({
    index: places(dir).index,
    host: '127.0.0.1',
    port,
    signal: context.signal,
    logLevel: 'warn',
  });
  return { json: { ...json, url }, text: `${text}\n\nThe page: ${url} (Ctrl-C ends it)`, until: closed };
}

async function makeDemo(
  { dir, fast }: DemoOptions,
  context: CommandContext,
): Promise<{ json: Outcome['json']; text: string }> {
  const started = performance.now();
  const at = places(dir);
  await mkdir(dir, { recursive: true });
  const config = await readConfig({ preset: fast ? 'demoFast' : 'demo' });
  const { manifest } = await prepareEmoji({ out: at.data, fast, shares, seed: config.seed });
  const pictures = await drawPictures(at, context);
  await writeImageEncoder(at.imageEncoder, await demoImageEncoder());
  const training = await trainDemo(at, config, context);
  const made = await indexDemo(at, config, context);
  const { runs, slices, vectors } = await measure(at, config.seed, context);
  const comparisons = compareWithFirst(runs, figure, config.seed);
  await writeReport(at.report, { training, made, runs, slices, vectors, seed: config.seed });
  const seconds = (performance.now() - started) / 1000;
  const memoryMB = Math.round(process.resourceUsage().maxRSS / 1024);
  const json = {
    metrics: metricsOf(runs, vectors),
    slices: slicedFigures(runs, slices),
    comparisons,
    queries: runs[0].evaluation.queries,
    documents: manifest.counts.documents,
    pairs: manifest.counts.pairs,
    pictures,
    training: { seconds: training.seconds, examplesPerSecond: Math.round(training.examplesPerSecond) },
    fusionWeight: made.manifest.indexing.fusionWeight,
    seconds: Number(seconds.toFixed(1)),
    memoryMB,
    report: at.report,
    index: at.index,
  };
  const text = [
    formatMetrics(runs),
    ...comparisons.map(formatComparison),
    formatSlices(runs, slices),
    `${json.documents} documents, ${json.queries} test queries, ${Math.round(seconds)} s, ${memoryMB} MB`,
    `report: ${at.report}`,
  ].join('\n\n');
  return { json, text };
}

async function drawPictures(at: Places, context: CommandContext): Promise<number> {
  const progress = context.progress('drawing', 'pictures');
  try {
    const documents = [];
    for await (const document of readDocumentFile(join(at.data, preparedFiles.documents))) documents.push(document);
    const drawn = await renderPictures(documents, at.pictures, pictureSize);
    progress.update(drawn);
    return drawn;
  } finally {
    progress.finish();
  }
}

/** Goes on where an interrupted demo stood; a checkpoint of other data or another version is started over. */
async function trainDemo(at: Places, config: Config, context: CommandContext): Promise<TrainSummary> {
  const images = { encoder: at.imageEncoder, pictures: at.pictures };
  const options = { data: at.data, config, out: at.model, images };
  try {
    return await trainModel({ ...options, resume: await isFolder(`${at.model}.training`) }, context);
  } catch (error) {
    const stale = ['training/checkpoint-mismatch', 'training/checkpoint-damaged'];
    if (!(error instanceof TandemError && stale.includes(error.code))) throw error;
    return trainModel({ ...options, resume: false }, context);
  }
}

async function indexDemo(at: Places, { indexing }: Config, context: CommandContext): Promise<MadeIndex> {
  const documents = join(at.data, preparedFiles.documents);
  return makeIndex({ documents, model: at.model, indexing, out: at.index, pictures: at.pictures }, context);
}

interface Measured {
  /** hybrid, vector and token on the held-out test queries */
  readonly runs: EvaluatedRun[];
  readonly slices: SliceLabels;
  readonly vectors?: VectorMeasures;
}

async function measure(at: Places, seed: number, context: CommandContext): Promise<Measured> {
  const qrels = await readQrels(join(at.data, preparedFiles.qrels.test));
  const queries = await readQueries(join(at.data, preparedFiles.queries.test));
  const slices = await readSlices(join(at.data, slicesFile));
  return withSearch(at.index, async search => ({
    runs: await evaluateModes(search, search.modes, queries, qrels, {}, context),
    slices,
    vectors: await evaluateVectors(search, queries, qrels, { seed }, context),
  }));
}

interface Reported {
  readonly training: TrainSummary;
  readonly made: MadeIndex;
  readonly runs: readonly EvaluatedRun[];
  readonly slices: SliceLabels;
  readonly vectors?: VectorMeasures;
  readonly seed: number;
}

function writeReport(path: string, { training, made, runs, slices, vectors, seed }: Reported): Promise<void> {
  const sections = [
    ...evaluationSections({ runs, figure, seed, slices }),
    ...indexSections(made.fusion, vectors),
    ...trainingSections(training.log),
  ];
  return writeWhole(path, renderReport({ title: 'Tandem demo', sections }));
}

/** slice name -> value -> mode -> figure */
function slicedFigures(
  runs: readonly EvaluatedRun[],
  labels: SliceLabels,
): Record<string, Record<string, Record<string, number>>> {
  const table: Record<string, Record<string, Record<string, number>>> = {};
  for (const { name, evaluation } of runs) {
    for (const slice of sliceEvaluation(evaluation.perQuery, labels)) {
      table[slice.name] ??= {};
      table[slice.name][slice.value] ??= { queries: slice.perQuery.size };
      table[slice.name][slice.value][name] = slice.means[figure];
    }
  }
  return table;
}

function formatSlices(runs: readonly EvaluatedRun[], labels: SliceLabels): string {
  const sliced = slicedFigures(runs, labels);
  const modes = runs.map(({ name }) => name);
  const columns = [{ name: `${figure} by slice` }, ...['queries', ...modes].map(name => ({ name, numeric: true }))];
  const rows = ['group', 'overlap'].flatMap(slice =>
    Object.entries(sliced[slice] ?? {}).map(([value, figures]) => [
      `${slice} ${value}`,
      String(figures.queries),
      ...modes.map(mode => figures[mode].toFixed(4)),
    ]),
  );
  return terminalTable(columns, rows);
}
