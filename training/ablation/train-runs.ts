import { access, rm } from 'node:fs/promises';
import { TandemError } from '../../src/errors/tandem-error.js';
import { allSteps, sizeOf } from '../schedule.js';
import { keepStageEnd, type StageEnd, stageEndIn } from '../stage-end.js';
import { type TrainingProgress, train } from '../trainer.js';
import { type MeasuredSets, measureModel } from './measure.js';
import type { AblationOptions } from './options.js';
import { named, type PlannedRun } from './planned-run.js';
import { type RunResult, readTrained, stagesFolder, type Trained, writeResult, writeTrained } from './results.js';

/** Results by fingerprint. */
export type Results = ReadonlyMap<string, RunResult>;

/**
 * Trains and measures the runs, one after the other. Stages that a later run has in common with an earlier one are trained once.
 * @throws TandemError, naming the variant; when it has diverged, only after the others
 */
export async function trainMissing(
  missing: readonly PlannedRun[],
  sets: MeasuredSets,
  options: AblationOptions,
): Promise<Results> {
  const results = new Map<string, RunResult>();
  const size = sizeOf(options.shared.data);
  const left = missing.map(({ config: { training } }) => allSteps(training, training.stages, size));
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
      results.set(run.fingerprint, await trainAndMeasure(run, missing.slice(runs + 1), sets, options, report));
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

/** The result is written before the model is taken away, so that an interruption loses one of them at most. */
async function trainAndMeasure(
  run: PlannedRun,
  later: readonly PlannedRun[],
  sets: MeasuredSets,
  options: AblationOptions,
  report: (training?: TrainingProgress) => void,
): Promise<RunResult> {
  const { config, files, fingerprint, variant } = run;
  const { shared, load, relevanceLevel } = options;
  const trained = (await readTrained(files.trained, fingerprint)) ?? (await trainRun(run, later, options, report));
  report();
  const loading = { threads: config.training.threads, ...load };
  const measured = await measureModel(files.model, shared, sets, loading, relevanceLevel);
  const head = { format: 'tandem-ablation-run', version: 1, variant: variant.name, seed: config.seed } as const;
  const result = { ...head, ...trained, splits: measured };
  await writeResult(files.result, result);
  if (!options.keepModels) await rm(files.model, { recursive: true, force: true });
  return result;
}

/** Trains, or goes on: from the checkpoint where there is one of this very run, else from stages that another run has taken. */
async function trainRun(
  { config, files, fingerprint, stageIds }: PlannedRun,
  later: readonly PlannedRun[],
  { shared, out }: AblationOptions,
  onProgress: (training: TrainingProgress) => void,
): Promise<Trained> {
  const onStageEnd = async (stages: number, end: StageEnd): Promise<void> => {
    const id = stageIds[stages - 1];
    if (later.some(run => run.stageIds.includes(id))) await keepStageEnd(stagesFolder(out, id), end);
  };
  const begin = await longestTaken(out, stageIds);
  const options = { ...shared, config, out: files.model, begin, onProgress, onStageEnd };
  const stale = ['training/checkpoint-mismatch', 'training/checkpoint-damaged'];
  const { steps, seconds, droppedChannels } = await train({ ...options, resume: true }).catch(error => {
    if (error instanceof TandemError && stale.includes(error.code)) return train(options);
    throw error;
  });
  const trained = { fingerprint, steps, seconds, droppedChannels: [...droppedChannels] };
  await writeTrained(files.trained, trained);
  return trained;
}

/** The most stages of a run that are there from another one. */
async function longestTaken(out: string, stageIds: readonly string[]): Promise<StageEnd | undefined> {
  for (const id of stageIds.toReversed()) {
    const end = stageEndIn(stagesFolder(out, id));
    if (
      await access(end.checkpoint).then(
        () => true,
        () => false,
      )
    )
      return end;
  }
  return undefined;
}
