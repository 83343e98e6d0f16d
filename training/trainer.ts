import { createExampleSource, type ExampleSource } from '../data/examples.js';
import type { PreparedData } from '../data/prepared.js';
import type { ImageEncoder } from '../models/images/image-encoder.js';
import type { ImageVectors } from '../models/images/image-vectors.js';
import { createModelState, type ModelState } from '../models/model-state.js';
import { writeModel } from '../models/write-model.js';
import type { Config } from '../src/config/schema.js';
import { TandemError } from '../src/errors/tandem-error.js';
import { silenceAbsentFeatures } from './absent-features.js';
import { basisId, trainingBasis } from './basis.js';
import { readBeginning } from './beginning.js';
import { checkFinite } from './check-finite.js';
import { firstPosition, noBest, type Position, readCheckpoint, writeCheckpoint } from './checkpoint.js';
import { auxiliaryOf, type Corpus, createCorpus, stepSeed, usableChannels } from './corpus.js';
import { createLearner, type Learner } from './learner.js';
import { judgeLearning, named } from './learning-check.js';
import { negativeSource } from './negative-source.js';
import { createOptimiserState, learntModel, type OptimiserState, resetOptimiserState } from './optimiser.js';
import type { TrainingLogRow } from './report/training-sections.js';
import { openRunFolder, type RunFolder, type TrainingStart } from './run-folder.js';
import { allSteps, evaluationSteps, rateAt, scheduleOf, sizeOf } from './schedule.js';
import { type StageEnd, takeStages } from './stage-end.js';
import { createTeacher, teacherFolders } from './teacher.js';
import { loadTeacherModels } from './teacher-models.js';
import { openTrainingLog, type TrainingLog, timesOf } from './training-log.js';
import { createValidationSet, type ValidationFigures, type ValidationSet, validate } from './validation.js';

/** What a run reports while it goes. */
export interface TrainingProgress {
  readonly stage: string;
  /** steps taken and wanted, over all stages; fewer are wanted once a stage has stopped early */
  readonly done: number;
  readonly total: number;
  readonly loss: number;
  readonly examplesPerSecond: number;
  readonly validation?: ValidationFigures;
}

export interface TrainOptions {
  readonly data: PreparedData;
  readonly config: Config;
  /** vectors of the images of the documents, for the channel `image`; it is left out without them */
  readonly images?: ImageVectors;
  /** what they were made with; the artefact of a model that reads images gets a copy */
  readonly imageEncoder?: ImageEncoder;
  /** folder of the model artefact; `OUT.training` beside it holds the checkpoint and the log until the run is over */
  readonly out: string;
  /** go on from the checkpoint, if there is one */
  readonly resume?: boolean;
  /** stages that another run has taken, with the data and up to there the configuration of this one; where there is no checkpoint to go on from */
  readonly begin?: StageEnd;
  /** told how many stages are over each time one is, and the files that stand for them, which are gone when the run is */
  readonly onStageEnd?: (stages: number, end: StageEnd) => Promise<void>;
  /** version of Tandem, for model.json */
  readonly tandem: string;
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** told before the first step where the run goes on */
  readonly onStart?: (start: TrainingStart) => void;
  /** told how many of how many rows the teacher has embedded, before the first step */
  readonly onTeaching?: (done: number, total: number) => void;
}

export interface TrainSummary {
  readonly out: string;
  /** steps taken, over all stages */
  readonly steps: number;
  /** time of these steps, without validation and checkpoints, before and after an interruption */
  readonly seconds: number;
  /** steps that were there when the run began: those of a checkpoint; 0 = it began anew */
  readonly resumedAt: number;
  readonly examplesPerSecond: number;
  readonly droppedChannels: readonly string[];
  /** on the validation queries; none where there are none */
  readonly metrics: ValidationFigures;
  /** on queries drawn from the documents, where the validation queries do not show that anything was learnt */
  readonly knownItems?: ValidationFigures;
  /** what is wrong with the model, and what to do, for people */
  readonly warnings: readonly string[];
  readonly log: readonly TrainingLogRow[];
}

/** Steps between two lines of the log, at most. */
const logEvery = 50;

/** Batches of a stage whose queries are measured for the plan of the query texts. */
const measuredBatches = 4;

/** All that one run works on. */
interface Run {
  readonly options: TrainOptions;
  readonly corpus: Corpus;
  readonly examplesOf: ExampleSource;
  readonly validation?: ValidationSet;
  readonly model: ModelState;
  readonly optimiser: OptimiserState;
  readonly learner: Learner;
  readonly log: TrainingLog;
  readonly folder: RunFolder;
}

/**
 * Trains two towers, stage by stage, and writes the model artefact. The same seed, configuration, data and machine give the same bytes,
 * whether or not the run was interrupted and resumed.
 * @throws TandemError 'training/no-examples' | 'training/diverged' | 'training/engine-missing' | 'training/checkpoint-mismatch' |
 *   'training/checkpoint-damaged' | 'files/*'
 */
export async function train(options: TrainOptions): Promise<TrainSummary> {
  const { data, images, out, resume = false, tandem } = options;
  const { documents, pairs } = data;
  if (documents.length < 2) throw new TandemError('training/no-examples', 'there are fewer than two documents');
  const begun = await readBeginning(options.config, images);
  const { config, dropped } = begun.trained
    ? { config: begun.config, dropped: [] }
    : usableChannels(begun.config, data, images);
  const corpus = await createCorpus(config, data, begun.known, images);
  const { vocabulary, tokenizer, pseudoQuery } = corpus;
  const examplesOf = createExampleSource({
    documents,
    pairs,
    pseudoQuery,
    seed: config.seed,
  });
  const validation = data.validation && createValidationSet(data.validation, documents);
  const model = createModelState(config, vocabulary, begun.parts, auxiliaryOf(corpus));
  if (!begun.trained) silenceAbsentFeatures(model, corpus, pairs);
  const optimiser = createOptimiserState(model, config.training.averaging);
  const folder = await openRunFolder(out, resume);
  const folders = teacherFolders(config.training);
  const teachers = folders.length === 0 ? undefined : await loadTeacherModels(folders, config.training.threads);
  const basis = trainingBasis(corpus, data, [begun.id, ...(teachers?.ids ?? [])]);
  const teacher =
    teachers &&
    (await createTeacher(teachers, corpus, documents, {
      path: folder.teacher,
      fingerprint: basisId(basis),
      images,
      onProgress: options.onTeaching,
    }));
  const learner = createLearner(model, optimiser, corpus, queryLengths(corpus, examplesOf), teacher);
  const start =
    (await readCheckpoint(folder.checkpoint, model, optimiser, basis)) ??
    (options.begin && (await takeStages(options.begin, folder, model, optimiser, basis))) ??
    firstPosition(basis);
  const resumedAt = start.stepsBefore + start.step;
  options.onStart?.({ resumedAt, leftBehind: folder.leftBehind });
  const log = await openTrainingLog(folder.log, start.logBytes);
  try {
    await trainStages({ options, corpus, examplesOf, validation, model, optimiser, learner, log, folder }, start);
  } finally {
    await learner.close();
    await teacher?.close();
    await log.close();
  }
  const metrics = log.rows.findLast(row => row.validation !== undefined)?.validation ?? {};
  const state = learntModel(model, optimiser, config.training.averaging);
  const { knownItems, warnings } = await judgeLearning(
    { state, corpus, data },
    validation && { set: validation, figures: metrics },
  );
  const imageEncoder = vocabulary.imageWidth === undefined ? undefined : options.imageEncoder;
  const learntFrom = pairs.length > 0 ? 'pairs' : 'documents';
  const figures = { ...metrics, ...named(knownItems) };
  const about = { metrics: figures, warnings, learntFrom, validation: data.validation, tandem } as const;
  await writeModel(out, { state, config, vocabulary, tokenizer, imageEncoder, ...about });
  await folder.remove();
  const times = timesOf(log.rows, config.training.batchSize);
  return { out, ...times, resumedAt, droppedChannels: dropped, metrics, knownItems, warnings, log: log.rows };
}

async function trainStages(run: Run, start: Position): Promise<void> {
  const { stages } = run.corpus.config.training;
  let position = start;
  while (position.stage < stages.length) {
    if (position.step === 0 && stages[position.stage].resetOptimiser) resetOptimiserState(run.optimiser);
    position = await trainStage(run, position);
    await run.options.onStageEnd?.(position.stage, run.folder);
  }
}

/**
 * One stage from where it stands to its end, or to where validation has stopped getting better.
 * @returns the start of the next stage
 */
async function trainStage(run: Run, start: Position): Promise<Position> {
  const { corpus, model, optimiser, learner, log, validation } = run;
  const { training, seed } = corpus.config;
  const { documents } = run.options.data;
  const stage = training.stages[start.stage];
  const size = sizeOf(run.options.data);
  const schedule = scheduleOf(stage, size, training);
  const { steps } = schedule;
  const total = start.stepsBefore + allSteps(training, training.stages.slice(start.stage), size);
  const evaluateEvery = evaluationSteps(stage, steps, training.evaluateEvery);
  const learnt = (): ModelState => learntModel(model, optimiser, training.averaging);
  const negativesOf = await negativeSource(run.folder.mined(start.stage), stage, model, corpus);
  let position = start;
  let saved = performance.now();
  let since = { steps: 0, loss: 0, started: saved };
  for (;;) {
    const { step } = position;
    const examples = run.examplesOf(start.stage, stage, step, training.batchSize);
    const random = stepSeed(seed, start.stage, step);
    const batch = { examples, negatives: negativesOf(examples, random) };
    const taken = await learner.step(start.stage, batch, rateAt(step, schedule), random);
    checkFinite(taken, stage.name, step);
    since = { ...since, steps: since.steps + 1, loss: since.loss + taken.loss };
    position = { ...position, step: step + 1, optimiserStep: optimiser.step, followed: optimiser.followed };
    const last = position.step === steps;
    const due = performance.now() - saved >= training.checkpointSeconds * 1000;
    const evaluates = validation !== undefined && (position.step % evaluateEvery === 0 || last);
    if (since.steps < logEvery && !evaluates && !last && !due) continue;

    const seconds = (performance.now() - since.started) / 1000;
    const figures = evaluates ? await validate(learnt(), corpus, documents, validation, training.threads) : undefined;
    if (figures !== undefined) position = { ...position, ...compared(position, figures) };
    const row = {
      step: start.stepsBefore + position.step,
      stage: stage.name,
      loss: since.loss / since.steps,
      examplesPerSecond: (since.steps * training.batchSize) / seconds,
      validation: figures,
    };
    await log.add(row);
    position = { ...position, logBytes: log.bytes() };
    const over = last || (training.patience > 0 && position.sinceBest >= training.patience);
    if (over) position = nextStage(position);
    const save = (): Promise<void> => writeCheckpoint(run.folder.checkpoint, model, optimiser, position);
    try {
      run.options.onProgress?.({ ...row, done: row.step, total });
    } catch (error) {
      await save(); // somebody has interrupted: what was learnt until here is gone on with
      throw error;
    }
    if (over || due) {
      await save();
      saved = performance.now();
    }
    if (over) return position;
    since = { steps: 0, loss: 0, started: performance.now() };
  }
}

/** A stage goes on as long as one of the two gets better: the ROC AUC comes near its end early, where the first ranks still gain. */
function compared({ best, sinceBest }: Position, figures: ValidationFigures): Pick<Position, 'best' | 'sinceBest'> {
  const auc = Math.max(best.auc, figures['ROC AUC']);
  const ndcg = Math.max(best.ndcg, figures['nDCG@10']);
  const better = auc > best.auc || ndcg > best.ndcg;
  return { best: { auc, ndcg }, sinceBest: better ? 0 : sinceBest + 1 };
}

const nextStage = (position: Position): Position => ({
  ...position,
  stage: position.stage + 1,
  step: 0,
  stepsBefore: position.stepsBefore + position.step,
  best: noBest,
  sinceBest: 0,
});

/** Token counts of the queries that each stage shows, for the plan of the query texts; see createLearner. */
export function queryLengths({ config, queryFeatures }: Corpus, examplesOf: ExampleSource): number[][] {
  const textAt = config.towers.query.indexOf('text');
  if (textAt < 0) return [];
  const { stages, batchSize } = config.training;
  return stages.map((stage, s) =>
    Array.from({ length: measuredBatches }, (_, step) => examplesOf(s, stage, step, batchSize))
      .flat()
      .map(({ query, country }) => queryFeatures({ text: query, country })[textAt].length),
  );
}
