import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createExampleSource, stageSteps } from '../data/examples.js';
import type { PreparedData } from '../data/prepared.js';
import { createModelState, type ModelState } from '../models/model-state.js';
import { writeModel } from '../models/write-model.js';
import type { Config } from '../src/config/schema.js';
import { TandemError } from '../src/errors/tandem-error.js';
import type { TrainingLogRow } from '../src/evaluation/report/training-sections.js';
import { type Position, readCheckpoint, writeCheckpoint } from './checkpoint.js';
import { type Corpus, createCorpus, stepSeed, usableChannels } from './corpus.js';
import { createLearner, type Learner } from './learner.js';
import { createOptimiserState, type OptimiserState, resetOptimiserState } from './optimiser.js';
import { rateAt } from './schedule.js';
import { openTrainingLog, type TrainingLog } from './training-log.js';
import { type ValidationFigures, validate } from './validation.js';

/** What a run reports while it goes. */
export interface TrainingProgress {
  readonly stage: string;
  /** steps taken and wanted, over all stages */
  readonly done: number;
  readonly total: number;
  readonly loss: number;
  readonly examplesPerSecond: number;
  readonly validation?: ValidationFigures;
}

export interface TrainOptions {
  readonly data: PreparedData;
  readonly config: Config;
  /** folder of the model artefact; `OUT.training` beside it holds the checkpoint and the log until the run is over */
  readonly out: string;
  /** go on from the checkpoint, if there is one */
  readonly resume?: boolean;
  /** version of Tandem, for model.json */
  readonly tandem: string;
  readonly onProgress?: (progress: TrainingProgress) => void;
}

export interface TrainSummary {
  readonly out: string;
  readonly steps: number;
  readonly seconds: number;
  readonly examplesPerSecond: number;
  readonly droppedChannels: readonly string[];
  readonly metrics: ValidationFigures;
  readonly log: readonly TrainingLogRow[];
}

/** Steps between two lines of the log. */
const logEvery = 50;

/** All that one run works on. */
interface Run {
  readonly options: TrainOptions;
  readonly corpus: Corpus;
  readonly model: ModelState;
  readonly optimiser: OptimiserState;
  readonly learner: Learner;
  readonly log: TrainingLog;
  readonly checkpoint: string;
  readonly totals: { total: number; figures: ValidationFigures; examples: number; seconds: number };
}

/**
 * Trains two towers, stage by stage, and writes the model artefact. The same seed, configuration, data and machine give the same bytes,
 * whether or not the run was interrupted and resumed.
 * @throws TandemError 'training/no-examples' | 'training/diverged' | 'training/checkpoint-mismatch' | 'files/*'
 */
export async function train(options: TrainOptions): Promise<TrainSummary> {
  const { data } = options;
  if (data.documents.length < 2) throw new TandemError('training/no-examples', 'there are fewer than two documents');
  const { config, dropped } = usableChannels(options.config, data);
  const corpus = await createCorpus(config, data);
  const model = createModelState(config, corpus.vocabulary);
  const optimiser = createOptimiserState(model);
  const folder = `${options.out}.training`;
  await mkdir(folder, { recursive: true });
  const checkpoint = join(folder, 'checkpoint.safetensors');
  const fingerprint = fingerprintOf(config, data);
  const start = options.resume ? await readCheckpoint(checkpoint, model, optimiser, fingerprint) : undefined;
  const position = start ?? {
    fingerprint,
    stage: 0,
    step: 0,
    stepsBefore: 0,
    optimiserStep: 0,
    best: 0,
    sinceBest: 0,
    logBytes: 0,
  };
  const log = await openTrainingLog(join(folder, 'log.jsonl'), position.logBytes);
  const learner = createLearner(model, optimiser, corpus, queryLengths(corpus, data));
  const { stages, batchSize } = config.training;
  const total = stages.reduce((sum, stage) => sum + stageSteps(stage, data.documents.length, batchSize), 0);
  const totals = { total, figures: {}, examples: 0, seconds: 0 };
  const run: Run = { options, corpus, model, optimiser, learner, log, checkpoint, totals };
  await trainStages(run, position);
  await learner.close();
  await log.close();
  const { state, ...rest } = { state: model, config, vocabulary: corpus.vocabulary, tokenizer: corpus.tokenizer };
  await writeModel(options.out, { state, ...rest, metrics: totals.figures, tandem: options.tandem });
  await rm(folder, { recursive: true, force: true });
  return {
    out: options.out,
    steps: optimiser.step,
    seconds: totals.seconds,
    examplesPerSecond: totals.examples / totals.seconds,
    droppedChannels: dropped,
    metrics: totals.figures,
    log: log.rows,
  };
}

async function trainStages(run: Run, start: Position): Promise<void> {
  const { corpus, optimiser, options } = run;
  const { config } = corpus;
  const { stages, batchSize } = config.training;
  let position = start;
  for (let stage = start.stage; stage < stages.length; stage++) {
    if (stage > start.stage) position = { ...position, stage, step: 0, best: 0, sinceBest: 0 };
    if (position.step === 0 && stages[stage].resetOptimiser) resetOptimiserState(optimiser);
    await trainStage(run, position);
    position = {
      ...position,
      stepsBefore: position.stepsBefore + stageSteps(stages[stage], options.data.documents.length, batchSize),
    };
  }
}

/** One stage from where it stands to its end, or to where validation has stopped getting better. */
async function trainStage(run: Run, start: Position): Promise<void> {
  const { options, corpus, model, optimiser, learner, log, totals } = run;
  const { config } = corpus;
  const { training } = config;
  const { documents, pairs, validation } = options.data;
  const stage = training.stages[start.stage];
  const steps = stageSteps(stage, documents.length, training.batchSize);
  const evaluateEvery = Math.max(1, Math.round((training.evaluateEvery * documents.length) / training.batchSize));
  const examplesOf = createExampleSource({ documents, pairs, pseudoQuery: corpus.pseudoQuery, seed: config.seed });
  const schedule = {
    rate: training.learningRate,
    warmupSteps: training.warmupSteps,
    steps,
    finalRate: stage.finalRate,
  };
  let { best, sinceBest } = start;
  let saved = performance.now();
  let since = { steps: 0, loss: 0, started: performance.now() };
  for (let step = start.step; step < steps; step++) {
    const examples = examplesOf(start.stage, stage, step, training.batchSize);
    const { loss } = await learner.step(examples, rateAt(step, schedule), stepSeed(config.seed, start.stage, step));
    if (!Number.isFinite(loss)) {
      throw new TandemError('training/diverged', `the loss of step ${step + 1} of stage ${stage.name} is ${loss}`, {
        stage: stage.name,
        step,
      });
    }
    totals.examples += examples.length;
    since.loss += loss;
    since.steps++;
    const done = start.stepsBefore + step + 1;
    const last = step === steps - 1;
    const evaluates = validation !== undefined && ((step + 1) % evaluateEvery === 0 || last);
    if (since.steps < logEvery && !evaluates && !last) continue;
    const seconds = (performance.now() - since.started) / 1000;
    totals.seconds += seconds;
    const figures = evaluates ? await validate(model, corpus, documents, validation, training.threads) : undefined;
    if (figures !== undefined) {
      totals.figures = figures;
      sinceBest = figures['ROC AUC'] > best ? 0 : sinceBest + 1;
      best = Math.max(best, figures['ROC AUC']);
    }
    const row = {
      step: done,
      stage: stage.name,
      loss: since.loss / since.steps,
      examplesPerSecond: (since.steps * training.batchSize) / seconds,
      validation: figures,
    };
    await log.add(row);
    options.onProgress?.({ ...row, done, total: totals.total });
    since = { steps: 0, loss: 0, started: performance.now() };
    const stopped = training.patience > 0 && sinceBest >= training.patience;
    if (!stopped && !last && performance.now() - saved < training.checkpointSeconds * 1000) continue;
    const reached = stopped || last ? steps : step + 1;
    await writeCheckpoint(run.checkpoint, model, optimiser, {
      ...start,
      step: reached,
      optimiserStep: optimiser.step,
      best,
      sinceBest,
      logBytes: log.bytes(),
    });
    saved = performance.now();
    since.started = saved;
    if (stopped) return;
  }
}

function fingerprintOf(config: Config, data: PreparedData): string {
  const files = Object.entries(data.manifest.files).map(([name, { sha256 }]) => [name, sha256]);
  return createHash('sha256')
    .update(JSON.stringify([config, files]))
    .digest('hex');
}

/** Token counts of the training queries, for the plan of the query texts. */
function queryLengths(corpus: Corpus, { pairs }: PreparedData): number[] {
  const textAt = corpus.config.towers.query.indexOf('text');
  if (textAt < 0) return [];
  return pairs.map(({ query, country }) => corpus.queryFeatures({ text: query, country })[textAt].length);
}
