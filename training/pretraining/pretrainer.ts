import type { ModelState } from '../../models/model-state.js';
import { readEncoder, writeEncoder } from '../../models/pretrained/encoder-folder.js';
import type { PretrainedEncoder, StoredEncoder } from '../../models/pretrained-encoder.js';
import type { TranslationRow } from '../../src/config/rows.js';
import type { Config } from '../../src/config/schema.js';
import { documentTokens } from '../../src/config/towers.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { type Basis, settingsBasis } from '../basis.js';
import { checkFinite } from '../check-finite.js';
import { firstPosition, type Position, readCheckpoint, writeCheckpoint } from '../checkpoint.js';
import { createOptimiserState, learntModel, type OptimiserState } from '../optimiser.js';
import type { PretrainingCounts } from '../report/pretraining-sections.js';
import type { TrainingLogRow } from '../report/training-sections.js';
import { openRunFolder, type RunFolder, type TrainingStart } from '../run-folder.js';
import { rateAt } from '../schedule.js';
import { openTrainingLog, type TrainingLog, timesOf } from '../training-log.js';
import type { MaskedFigures } from './masked-figures.js';
import { createMaskedLearner, type MaskedLearner } from './masked-learner.js';
import {
  createMaskedValidationSet,
  createMaskedValidator,
  type MaskedValidation,
  type MaskedValidator,
} from './masked-validation.js';
import { maskingOf } from './masking.js';
import { createPretrainingCorpus, type PretrainingCorpus } from './pretraining-corpus.js';
import { createPretrainingModel, encoderOf, topLayers, withFreshLayers } from './pretraining-model.js';
import { batchSizes, createSequenceSource, pretrainingSteps } from './sequence-source.js';
import { sampledVocabulary, wholeVocabulary } from './softmax-tokens.js';
import { unigramFigures } from './unigram.js';

/** What a run reports while it goes. */
export interface PretrainingProgress {
  /** steps taken and wanted */
  readonly done: number;
  readonly total: number;
  /** mean since the report before, over the tokens of the softmax, with dropout */
  readonly loss: number;
  readonly textsPerSecond: number;
  readonly validation?: MaskedValidation;
}

export interface PretrainOptions {
  readonly texts: readonly string[];
  readonly translations?: readonly TranslationRow[];
  readonly config: Config;
  /** encoder folder; `OUT.training` beside it holds the checkpoint and the log until the run is over */
  readonly out: string;
  /** go on from the checkpoint, if there is one */
  readonly resume?: boolean;
  /** version of Tandem, for encoder.json */
  readonly tandem: string;
  readonly onProgress?: (progress: PretrainingProgress) => void;
  /** told before the first step where the run goes on */
  readonly onStart?: (start: TrainingStart) => void;
}

export interface PretrainSummary {
  readonly out: string;
  readonly steps: number;
  /** steps that were there when the run began: those of a checkpoint; 0 = it began anew */
  readonly resumedAt: number;
  /** time of the steps, without validation and checkpoints, before and after an interruption */
  readonly seconds: number;
  readonly textsPerSecond: number;
  readonly counts: PretrainingCounts;
  /** at the end, by the names of figuresOf; none where nothing was held out */
  readonly metrics: Readonly<Record<string, number>>;
  /** of the frequencies of tokens alone, on the same places */
  readonly unigram?: MaskedFigures;
  readonly log: readonly TrainingLogRow[];
}

/** Steps between two lines of the log, at most. */
const logEvery = 50;

/** In the log, and where it says what went wrong. */
const stageName = 'pretraining';

/** All that one run works on. */
interface Run {
  readonly options: PretrainOptions;
  readonly steps: number;
  readonly evaluateEvery: number;
  readonly model: ModelState;
  readonly optimiser: OptimiserState;
  readonly learner: MaskedLearner;
  readonly validator?: MaskedValidator;
  readonly log: TrainingLog;
  readonly folder: RunFolder;
}

/**
 * Pretrains a text encoder on unlabelled text: masked language modelling, and translation language modelling where there are
 * translations. Writes an encoder folder that `textEncoder.import` takes. The same seed, configuration, texts and machine give the
 * same bytes, whether or not the run was interrupted and resumed.
 * @throws TandemError 'training/no-texts' | 'training/diverged' | 'training/engine-missing' | 'training/checkpoint-mismatch' |
 *   'training/checkpoint-damaged' | 'config/bad-value' | 'data/not-found' | 'model/*' (of the encoder it goes on from) | 'files/*'
 */
export async function pretrain(options: PretrainOptions): Promise<PretrainSummary> {
  const { config, out, resume = false, tandem, texts, translations = [] } = options;
  const { pretraining, seed } = config;
  const folderOfEncoder = config.textEncoder.import;
  const begun = folderOfEncoder === undefined ? undefined : await readEncoder(folderOfEncoder);
  const maxTokens = windowLength(config, begun);
  const corpus = await createPretrainingCorpus(config, maxTokens, texts, translations, begun);
  const { model, vocabulary, maskId } = createPretrainingModel(config, corpus, maxTokens, begun);
  // before a checkpoint is read into the model
  const began = topLayers(model, pretraining.freshLayers);
  const masking = maskingOf(pretraining.maskShare, maskId, corpus.tokenizer.specialIds, vocabulary);
  const sample =
    vocabulary <= pretraining.softmaxTokens
      ? wholeVocabulary(vocabulary)
      : sampledVocabulary(corpus.counts, masking.ordinary, pretraining.softmaxTokens);
  const sizes = batchSizes(pretraining, corpus.training);
  const steps = pretrainingSteps(pretraining.epochs, corpus.training, sizes);
  const optimiser = createOptimiserState(model, pretraining.averaging);
  const sequencesOf = createSequenceSource(corpus.training, sizes, seed);
  const held = createMaskedValidationSet(corpus.validation, masking, seed);
  const parameters = Object.fromEntries(Object.entries(model.dense).map(([name, { shape }]) => [name, shape]));
  const folder = await openRunFolder(out, resume);
  const basis = basisOf(config, corpus, begun?.id);
  const start = (await readCheckpoint(folder.checkpoint, model, optimiser, basis)) ?? firstPosition(basis);
  options.onStart?.({ resumedAt: start.step, leftBehind: folder.leftBehind });
  const { encoder } = model.towers.document;
  const validator =
    held.texts.length === 0
      ? undefined
      : await createMaskedValidator(encoder, parameters, held, vocabulary, config.training.threads);
  const learner = createMaskedLearner(model, optimiser, config, sequencesOf, masking, sample);
  const log = await openTrainingLog(folder.log, start.logBytes);
  const evaluateEvery = Math.max(1, Math.round((pretraining.evaluateEvery * steps) / pretraining.epochs));
  try {
    await takeSteps({ options, steps, evaluateEvery, model, optimiser, learner, validator, log, folder }, start);
    const learnt = learntModel(model, optimiser, pretraining.averaging);
    const { shape, ...encoded } = encoderOf(withFreshLayers(learnt, began), corpus.tokenizerJson, vocabulary);
    // of what an encoder was before, the length that it was made for stays
    const longest = begun?.shape.maxTokens;
    await writeEncoder(
      out,
      { ...encoded, shape: { ...shape, ...(longest !== undefined && { maxTokens: longest }) } },
      tandem,
    );
    await folder.remove();
    const times = timesOf(log.rows, pretraining.batchSize);
    return {
      out,
      steps: times.steps,
      resumedAt: start.step,
      seconds: times.seconds,
      textsPerSecond: times.examplesPerSecond,
      counts: {
        texts: corpus.texts,
        heldOut: corpus.heldOut,
        windows: corpus.training.texts.length,
        translations: corpus.training.translations.length,
        vocabulary,
      },
      metrics: log.rows.findLast(row => row.validation !== undefined)?.validation ?? {},
      ...(validator !== undefined && { unigram: unigramFigures(corpus.counts, held.texts) }),
      log: log.rows,
    };
  } finally {
    await learner.close();
    await validator?.close();
    await log.close();
  }
}

/** Longest window. @throws TandemError 'config/bad-value' for more than the encoder that it goes on from has positions for */
function windowLength({ pretraining, textEncoder }: Config, begun?: PretrainedEncoder): number {
  const wanted = pretraining.maxTokens;
  if (begun === undefined) return wanted ?? Math.max(8, documentTokens(textEncoder));
  const positions = begun.position.rows;
  if (wanted === undefined) return Math.min(documentTokens(textEncoder), positions);
  if (wanted <= positions) return wanted;
  const message = `pretraining.maxTokens: the encoder reads at most ${positions} tokens, got ${wanted}`;
  throw new TandemError('config/bad-value', message, { key: 'pretraining.maxTokens' });
}

/** From where the run stands to its end. */
async function takeSteps(run: Run, start: Position): Promise<void> {
  const { options, steps, model, optimiser, learner, log, validator } = run;
  const { pretraining, training } = options.config;
  const { learningRate, warmupSteps, finalRate, batchSize, averaging } = pretraining;
  const schedule = { rate: learningRate, warmupSteps, steps, finalRate };
  let position = start;
  let saved = performance.now();
  let since = { steps: 0, loss: 0, started: saved };
  while (position.step < steps) {
    const { step } = position;
    const taken = await learner.step(step, rateAt(step, schedule));
    checkFinite(taken, stageName, step);
    since = { ...since, steps: since.steps + 1, loss: since.loss + taken.loss };
    position = { ...position, step: step + 1, optimiserStep: optimiser.step, followed: optimiser.followed };
    const last = position.step === steps;
    const due = performance.now() - saved >= training.checkpointSeconds * 1000;
    const evaluates = validator !== undefined && (position.step % run.evaluateEvery === 0 || last);
    if (since.steps < logEvery && !evaluates && !last && !due) continue;

    const seconds = (performance.now() - since.started) / 1000;
    const validation = evaluates ? await validator.validate(learntModel(model, optimiser, averaging)) : undefined;
    const progress = { loss: since.loss / since.steps, textsPerSecond: (since.steps * batchSize) / seconds };
    await log.add({
      step: position.step,
      stage: stageName,
      loss: progress.loss,
      examplesPerSecond: progress.textsPerSecond,
      ...(validation !== undefined && { validation: figuresOf(validation) }),
    });
    position = { ...position, logBytes: log.bytes() };
    options.onProgress?.({ ...progress, done: position.step, total: steps, ...(validation && { validation }) });
    if (due || last) {
      await writeCheckpoint(run.folder.checkpoint, model, optimiser, position);
      saved = performance.now();
    }
    since = { steps: 0, loss: 0, started: performance.now() };
  }
}

/** By the names of the log and of `--json`. */
const figuresOf = ({ texts, translations }: MaskedValidation): Record<string, number> => ({
  loss: texts.loss,
  perplexity: Math.exp(texts.loss),
  accuracy: texts.accuracy,
  ...(translations && { 'translation loss': translations.loss, 'translation accuracy': translations.accuracy }),
});

const basisOf = (config: Config, corpus: PretrainingCorpus, encoder: StoredEncoder['id'] | undefined): Basis => ({
  ...settingsBasis(config, ['seed', 'textEncoder', 'training', 'pretraining']),
  texts: corpus.id,
  'encoder that is gone on from': encoder ?? null,
});
