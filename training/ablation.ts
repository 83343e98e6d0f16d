import { rm } from 'node:fs/promises';
import { judgedAnew, type MeasuredSets, setsOf } from './ablation/measure.js';
import type { AblationOptions } from './ablation/options.js';
import { checkNames, type PlannedRun, planRuns } from './ablation/planned-run.js';
import {
  type Measured,
  makeRunsFolder,
  type RunResult,
  readResult,
  type Split,
  stagesFolder,
  writeResult,
} from './ablation/results.js';
import { type Results, trainMissing } from './ablation/train-runs.js';
import { leftOut, type Variant } from './ablation/variants.js';

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

/**
 * Trains one model for each variant and seed, measures it and keeps the result; results of the same configuration, data and program
 * are taken as they are, and a run that was interrupted goes on from its checkpoint. All variants are checked before the first step.
 * @throws TandemError 'config/bad-value' | 'evaluation/no-queries' | 'training/*' | 'files/*'
 */
export async function runAblation(options: AblationOptions): Promise<AblationSummary> {
  const { plan, out, shared } = options;
  const sets = setsOf(shared.data);
  const variants = [plan.base, ...(plan.variants ?? leftOut(plan.base.config, shared.data, shared.images))];
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
  const measured = await Promise.all(rows);
  await rm(stagesFolder(out), { recursive: true, force: true });
  return { rows: measured, sets, trained: missing.length };
}

async function knownResults(planned: readonly PlannedRun[]): Promise<Results> {
  const known = new Map<string, RunResult>();
  for (const { fingerprint, files } of planned) {
    const result = await readResult(files.result, fingerprint);
    if (result !== undefined) known.set(fingerprint, result);
  }
  return known;
}

/** The result of a planned run under its own name and at the wanted relevance level; its file says the same. */
async function settle(
  { fingerprint, variant, config, files }: PlannedRun,
  results: Results,
  sets: MeasuredSets,
  { relevanceLevel, keepModels }: AblationOptions,
): Promise<RunResult> {
  const found = results.get(fingerprint)!;
  const judged: Partial<Record<Split, Measured>> = {};
  for (const [split, set] of sets) judged[split] = judgedAnew(found.splits[split]!, set, relevanceLevel);
  const result = { ...found, variant: variant.name, seed: config.seed, splits: judged };
  const anew = [...sets.keys()].some(split => judged[split] !== found.splits[split]) || found.variant !== variant.name;
  if (anew) await writeResult(files.result, result);
  // an interruption may have left it
  if (!keepModels) await rm(files.model, { recursive: true, force: true });
  return result;
}
