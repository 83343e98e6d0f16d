import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { preparedFiles } from '../../../data/manifest.js';
import { prepareEmoji, slicesFile } from '../../../data/prepare-emoji.js';
import { readQueries } from '../../../data/queries.js';
import { renderPictures } from '../../../data/sources/emoji-pictures.js';
import { writeImageEncoder } from '../../../models/images/image-encoder.js';
import type { Listening } from '../../../serving/server.js';
import { trainingSections } from '../../../training/report/training-sections.js';
import type { TrainSummary } from '../../../training/trainer.js';
import type { Config } from '../../config/schema.js';
import { TandemError } from '../../errors/tandem-error.js';
import type { VectorMeasures } from '../../evaluation/measure-vectors.js';
import type { EvaluatedRun } from '../../evaluation/report/evaluation-report.js';
import { evaluationSections } from '../../evaluation/report/evaluation-sections.js';
import { renderReport } from '../../evaluation/report/render-report.js';
import { type SlicedFigure, type SliceLabels, sliceFigure } from '../../evaluation/slices.js';
import { readQrels } from '../../evaluation/trec.js';
import { writeWhole } from '../../files/atomic.js';
import type { Destination } from '../../files/destination.js';
import { withDestinations } from '../destination.js';
import { type ComparedRuns, compareWithFirst } from '../evaluation/compare-runs.js';
import { evaluateModes, evaluateVectors, readSlices } from '../evaluation/evaluate-files.js';
import { indexSections } from '../evaluation/index-sections.js';
import { isFolder } from '../indexes/index-models.js';
import { type MadeIndex, makeIndex } from '../indexes/make-index.js';
import { withSearch } from '../indexes/open-search.js';
import { readConfig } from '../project/read-config.js';
import { readDocumentRows } from '../project/read-rows.js';
import { serveIndex } from '../server/serve-index.js';
import { trainModel } from '../training/train-model.js';
import type { Watch } from '../watch.js';
import { demoImageEncoder } from './demo-image-encoder.js';

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
export const figure = 'nDCG@10';

/** What the demo makes anew each time: in its own folder it needs no leave to replace what it made there before. */
const destinationsOf = ({ data, imageEncoder, model, index, report }: Places): Destination[] => [
  { path: data, kind: 'data', force: true },
  { path: imageEncoder, kind: 'imageEncoder', force: true },
  { path: model, kind: 'model', force: true },
  { path: index, kind: 'index', force: true },
  { path: report, kind: 'file', force: true },
];

/** What the demo came to. */
export interface Demo {
  /** hybrid, vector and token on the held-out test queries */
  readonly runs: readonly EvaluatedRun[];
  readonly vectors?: VectorMeasures;
  readonly comparisons: readonly ComparedRuns[];
  readonly slices: SlicedFigure;
  readonly counts: { readonly documents: number; readonly pairs: number; readonly pictures: number };
  readonly training: TrainSummary;
  readonly fusionWeight: number;
  readonly seconds: number;
  readonly memoryMB: number;
  /** file of the report */
  readonly report: string;
  /** folder of the index */
  readonly index: string;
  /** the page, where it was wanted */
  readonly serving?: Listening;
}

/** The whole path on the shipped data. Each step writes what the command of its name would; so each can be repeated alone. */
export async function runDemo(options: DemoOptions, watch: Watch): Promise<Demo> {
  const { dir, port, serve } = options;
  const demo = await withDestinations(destinationsOf(places(dir)), () => makeDemo(options, watch));
  if (!serve) return demo;
  const { signal } = watch;
  const serving = await serveIndex({ index: demo.index, host: '127.0.0.1', port, signal, logLevel: 'warn' });
  return { ...demo, serving };
}

async function makeDemo({ dir, fast }: DemoOptions, watch: Watch): Promise<Demo> {
  const started = performance.now();
  const at = places(dir);
  await mkdir(dir, { recursive: true });
  const config = await readConfig({ preset: fast ? 'demoFast' : 'demo' });
  const { manifest } = await prepareEmoji({ out: at.data, fast, shares, seed: config.seed });
  const pictures = await drawPictures(at, watch);
  await writeImageEncoder(at.imageEncoder, await demoImageEncoder());
  const training = await trainDemo(at, config, watch);
  const made = await indexDemo(at, config, watch);
  const { runs, slices, vectors } = await measure(at, config.seed, watch);
  const comparisons = compareWithFirst(runs, figure, config.seed);
  await writeReport(at.report, { training, made, runs, slices, vectors, seed: config.seed });
  return {
    runs,
    vectors,
    comparisons,
    slices: sliceFigure(runs, slices, figure),
    counts: { documents: manifest.counts.documents, pairs: manifest.counts.pairs, pictures },
    training,
    fusionWeight: made.manifest.indexing.fusionWeight,
    seconds: (performance.now() - started) / 1000,
    memoryMB: Math.round(process.resourceUsage().maxRSS / 1024),
    report: at.report,
    index: at.index,
  };
}

async function drawPictures(at: Places, watch: Watch): Promise<number> {
  const progress = watch.progress('drawing', 'pictures');
  try {
    const documents = [];
    for await (const document of readDocumentRows(join(at.data, preparedFiles.documents))) documents.push(document);
    const drawn = await renderPictures(documents, at.pictures, pictureSize);
    progress.update(drawn);
    return drawn;
  } finally {
    progress.finish();
  }
}

/** Goes on where an interrupted demo stood; a checkpoint of other data or another version is started over. */
async function trainDemo(at: Places, config: Config, watch: Watch): Promise<TrainSummary> {
  const images = { encoder: at.imageEncoder, pictures: at.pictures };
  const options = { data: at.data, config, out: at.model, images };
  try {
    return await trainModel({ ...options, resume: await isFolder(`${at.model}.training`) }, watch);
  } catch (error) {
    const stale = ['training/checkpoint-mismatch', 'training/checkpoint-damaged'];
    if (!(error instanceof TandemError && stale.includes(error.code))) throw error;
    return trainModel({ ...options, resume: false }, watch);
  }
}

async function indexDemo(at: Places, { indexing }: Config, watch: Watch): Promise<MadeIndex> {
  const documents = join(at.data, preparedFiles.documents);
  return makeIndex({ documents, model: at.model, indexing, out: at.index, pictures: at.pictures }, watch);
}

interface Measured {
  /** hybrid, vector and token on the held-out test queries */
  readonly runs: EvaluatedRun[];
  readonly slices: SliceLabels;
  readonly vectors?: VectorMeasures;
}

async function measure(at: Places, seed: number, watch: Watch): Promise<Measured> {
  const qrels = await readQrels(join(at.data, preparedFiles.qrels.test));
  const queries = await readQueries(join(at.data, preparedFiles.queries.test));
  const slices = await readSlices(join(at.data, slicesFile));
  return withSearch(at.index, async search => ({
    runs: await evaluateModes(search, search.modes, queries, qrels, {}, watch),
    slices,
    vectors: await evaluateVectors(search, queries, qrels, { seed }, watch),
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
