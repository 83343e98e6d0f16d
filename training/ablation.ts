import { rm } from 'node:fs/promises';
import { stageSteps } from '../data/examples.js';
import { readEncoder } from '../models/pretrained/encoder-folder.js';
import type { Config } from '../src/config/schema.js';
import { TandemError } from '../src/errors/tandem-error.js';
import { judgedAnew, type LoadOptions, type MeasuredSets, measureModel, setsOf } from './ablation/measure.js';
import {
  fileName,
  fingerprintOf,
  type Measured,
  makeRunsFolder,
  placesOf,
  type RunPlaces,
  type RunResult,
  readResult,
  readTrained,
  type Split,
  type Trained,
  writeResult,
  writeTrained,
} from './ablation/results.js';
import { type AblationPlan, leftOut, type Variant } from './ablation/variants.js';
import { usableChannels } from './corpus.js';
import { type TrainingProgress, type TrainOptions, train } from './trainer.js';

/** What an ablation reports while it goes. */
export interface AblationProgress {
  readonly variant: string;
  readonly seed: number;
  /** runs that are over, and all that were not there yet when it began */
  readonly runs: number;
  readonly allRuns: number;
  /** steps taken and wanted, over all runs that were not there yet */
  readonly done: number;
  readonly total: number;
  /** of the run that is being trained; absent while a model is measured */
  readonly training?: TrainingProgress;
}

export interface AblationOptions {
  /** what every run is trained with */
  readonly shared: Omit<TrainOptions, 'config' | 'out' | 'resume' | 'onProgress' | 'onTeaching'>;
  readonly plan: AblationPlan;
  /** folder; `runs` in it holds what is finished and what is under way */
  readonly out: string;
  /** models are kept beside the results */
  readonly keepModels?: boolean;
  /** least gain that counts as relevant; half of the greatest one when absent */
  readonly relevanceLevel?: number;
  /** how models are loaded to be measured, beside the threads */
  readonly load?: LoadOptions;
  readonly onProgress?: (progress: AblationProgress) => void;
}

/** A row with its results, one for each seed. */
export interface MeasuredVariant {
  readonly variant: Variant;
  readonly results: readonly RunResult[];
}

export interface AblationSummary {
  /** the base first */
  readonly rows: readonly MeasuredVariant[];
  readonly sets: MeasuredSets;
  /** runs that were trained now; the results of the others were there */
  readonly trained: number;
}

/** One model that is to be trained and measured. */
interface PlannedRun {
  readonly variant: Variant;
  readonly config: Config;
  readonly fingerprint: string;
  readonly places: RunPlaces;
}

/** Results by fingerprint. */
type Results = ReadonlyMap<string, RunResult>;

/**
 * Trains one model for each variant and seed, measures it and keeps the result; results of the same configuration, data and program
 * are taken as they are, and a run that was interrupted goes on from its checkpoint. All variants are checked before the first step.
 * @throws TandemError 'config/bad-value' | 'evaluation/no-queries' | 'training/*' | 'files/*'
 */
export async function runAblation(options: AblationOptions): Promise<AblationSummary> {
  const { plan, out, shared } = options;
  const sets = setsOf(shared.data);
  const variants = [plan.base, ...(plan.variants ?? leftOut(plan.base.config, shared.data))];
  checkNames(variants);
  const planned = await planRuns(variants, options);
  await makeRunsFolder(out);
  const known = await knownResults(planned);
  const missing = [...new Map(planned.map(run => [run.fingerprint, run])).values()].filter(
    ({ fingerprint }) => !known.has(fingerprint),
  );
  const results = new Map([...known, ...(await trainMissing(missing, sets, options))]);
  const rows = variants.map(async variant => ({
    variant,
    results: await Promise.all(
      planned.filter(run => run.variant === variant).map(run => settle(run, results, sets, options)),
    ),
  }));
  return { rows: await Promise.all(rows), sets, trained: missing.length };
}

function checkNames(variants: readonly Variant[]): void {
  const seen = new Map<string, string>();
  for (const { name } of variants) {
    const file = fileName(name).toLowerCase();
    const before = seen.get(file);
    if (before !== undefined) {
      throw new TandemError('config/bad-value', `variants: "${before}" and "${name}" are one name; give each its own`);
    }
    seen.set(file, name);
  }
}

/**
 * Every variant with every seed.
 * @throws TandemError, naming the variant, when a tower of it has no channel left or its encoder cannot be read
 */
async function planRuns(variants: readonly Variant[], options: AblationOptions): Promise<PlannedRun[]> {
  const { plan, shared, out } = options;
  const encoders = new Map<string, string>();
  const planned: PlannedRun[] = [];
  for (const variant of variants) {
    try {
      usableChannels(variant.config, shared.data);
      const folder = variant.config.textEncoder.import;
      if (folder !== undefined && !encoders.has(folder)) encoders.set(folder, (await readEncoder(folder)).id);
      for (const seed of plan.seeds) {
        const config = { ...variant.config, seed };
        const fingerprint = fingerprintOf(config, shared.data, encoders.get(folder ?? ''), shared.tandem);
        planned.push({ variant, config, fingerprint, places: placesOf(out, variant.name, seed) });
      }
    } catch (error) {
      throw named(variant, error);
    }
  }
  return planned;
}

/** The same error, with the name of the variant before its message. */
function named({ name }: Pick<Variant, 'name'>, error: unknown): unknown {
  if (!(error instanceof TandemError)) return error;
  return new TandemError(error.code, `variant "${name}": ${error.message}`, error.details, { cause: error });
}

async function knownResults(planned: readonly PlannedRun[]): Promise<Results> {
  const known = new Map<string, RunResult>();
  for (const { fingerprint, places } of planned) {
    const result = await readResult(places.result, fingerprint);
    if (result !== undefined) known.set(fingerprint, result);
  }
  return known;
}

async function trainMissing(
  missing: readonly PlannedRun[],
  sets: MeasuredSets,
  options: AblationOptions,
): Promise<Results> {
  const results = new Map<string, RunResult>();
  const documents = options.shared.data.documents.length;
  const left = missing.map(({ config }) => stepsOf(config, documents));
  let before = 0;
  let failure: unknown;
  for (const [runs, run] of missing.entries()) {
    let [done, total] = [0, left[runs]];
    const later = left.slice(runs + 1).reduce((sum, steps) => sum + steps, 0);
    const report = (training?: TrainingProgress): void => {
      if (training !== undefined) [done, total] = [training.done, training.total];
      options.onProgress?.({
        variant: run.variant.name,
        seed: run.config.seed,
        runs,
        allRuns: missing.length,
        done: before + done,
        total: before + total + later,
        training,
      });
    };
    try {
      results.set(run.fingerprint, await trainAndMeasure(run, sets, options, report));
    } catch (error) {
      failure ??= named(run.variant, error);
      // the others are worth having: what has diverged can be taken out, and nothing is trained twice
      if (!(error instanceof TandemError && error.code === 'training/diverged')) throw failure;
    }
    before += done;
  }
  if (failure !== undefined) throw failure;
  return results;
}

const stepsOf = ({ training }: Config, documents: number): number =>
  training.stages.reduce((sum, stage) => sum + stageSteps(stage, documents, training.batchSize), 0);

/** The result is written before the model is taken away, so that an interruption loses one of them at most. */
async function trainAndMeasure(
  run: PlannedRun,
  sets: MeasuredSets,
  options: AblationOptions,
  report: (training?: TrainingProgress) => void,
): Promise<RunResult> {
  const { config, places, fingerprint, variant } = run;
  const { shared, load, relevanceLevel } = options;
  const trained = (await readTrained(places.trained, fingerprint)) ?? (await trainRun(run, options, report));
  report();
  const loading = { threads: config.training.threads, ...load };
  const measured = await measureModel(places.model, shared.data, sets, loading, relevanceLevel);
  const head = { format: 'tandem-ablation-run', version: 1, variant: variant.name, seed: config.seed } as const;
  const result = { ...head, ...trained, splits: measured };
  await writeResult(places.result, result);
  if (!options.keepModels) await rm(places.model, { recursive: true, force: true });
  return result;
}

/** Trains, or goes on from the checkpoint where there is one of this very run. */
async function trainRun(
  { config, places, fingerprint }: PlannedRun,
  { shared }: AblationOptions,
  onProgress: (training: TrainingProgress) => void,
): Promise<Trained> {
  const options = { ...shared, config, out: places.model, onProgress };
  const stale = ['training/checkpoint-mismatch', 'training/checkpoint-damaged'];
  const { steps, seconds, droppedChannels } = await train({ ...options, resume: true }).catch(error => {
    if (error instanceof TandemError && stale.includes(error.code)) return train(options);
    throw error;
  });
  const trained = { fingerprint, steps, seconds, droppedChannels: [...droppedChannels] };
  await writeTrained(places.trained, trained);
  return trained;
}

/** The result of a planned run under its own name and at the wanted relevance level; its file says the same. */
async function settle(
  { fingerprint, variant, config, places }: PlannedRun,
  results: Results,
  sets: MeasuredSets,
  { relevanceLevel, keepModels }: AblationOptions,
): Promise<RunResult> {
  const found = results.get(fingerprint)!;
  const judged: Partial<Record<Split, Measured>> = {};
  for (const [split, set] of sets) judged[split] = judgedAnew(found.splits[split]!, set, relevanceLevel);
  const result = { ...found, variant: variant.name, seed: config.seed, splits: judged };
  const anew = [...sets.keys()].some(split => judged[split] !== found.splits[split]) || found.variant !== variant.name;
  if (anew) await writeResult(places.result, result);
  // an interruption may have left it
  if (!keepModels) await rm(places.model, { recursive: true, force: true });
  return result;
}
