import { join } from 'node:path';
import { readPrepared } from '../../../data/prepared.js';
import { type HybridFigures, hybridFigure, hybridFigures } from '../../../training/ablation/hybrid.js';
import type { AblationProgress } from '../../../training/ablation/options.js';
import type { RunResult, Split } from '../../../training/ablation/results.js';
import type { AblationPlan } from '../../../training/ablation/variants.js';
import { type AblationSummary, runAblation } from '../../../training/ablation.js';
import {
  type AblationReport,
  type AblationSplit,
  ablationSections,
  differenceChart,
} from '../../../training/report/ablation-sections.js';
import { ablationTable, type SeedFigures } from '../../../training/report/ablation-table.js';
import { tandemVersion } from '../../config/version.js';
import { TandemError } from '../../errors/tandem-error.js';
import type { Figures } from '../../evaluation/evaluate.js';
import { chartFile } from '../../evaluation/report/chart.js';
import { renderReport } from '../../evaluation/report/render-report.js';
import { writeWhole } from '../../files/atomic.js';
import type { TrainingImages } from '../training-options.js';
import type { Watch } from '../watch.js';
import { tokenRuns } from './token-runs.js';
import { trainingImages } from './training-images.js';

export type { AblationReport, AblationSplit };

/** The figure that variants are compared by. */
const figure = 'nDCG@10';
/** Of intervals and significance. */
const seed = 1;

export interface AblateOptions {
  /** folder that `prepare` wrote */
  readonly data: string;
  readonly out: string;
  readonly plan: AblationPlan;
  readonly split: Split | 'both';
  readonly relevanceLevel?: number;
  readonly keepModels: boolean;
  /** what the pictures of the documents are encoded with */
  readonly images?: TrainingImages;
  /** also what each model comes to beside token retrieval */
  readonly hybrid: boolean;
}

/** What an ablation came to. */
export interface Ablated {
  readonly report: AblationReport;
  /** runs that were trained now; the results of the others were there */
  readonly trained: number;
  /** file of the report */
  readonly file: string;
}

/** Trains and measures the variants with a live line, and writes the report into the folder. */
export async function ablateAndReport(options: AblateOptions, watch: Watch): Promise<Ablated> {
  const { out, plan, relevanceLevel, keepModels } = options;
  const data = await readPrepared(options.data);
  if (options.split !== 'both' && data[options.split] === undefined) {
    const message = `split ${options.split}: ${options.data} has no such queries`;
    throw new TandemError('usage/bad-value', message, { option: 'split' });
  }
  if (options.hybrid && data.validation === undefined) {
    const message = `hybrid: ${options.data} has no validation queries to tune the weight on`;
    throw new TandemError('usage/bad-value', message, { option: 'hybrid' });
  }
  const wanted = { config: options.plan.base.config, images: options.images, out };
  const images = await trainingImages(data, wanted, watch);
  const progress = watch.progress('ablation', 'steps');
  let summary: AblationSummary;
  try {
    summary = await runAblation({
      shared: { data, tandem: tandemVersion(), ...images },
      plan,
      out,
      keepModels,
      relevanceLevel,
      onProgress: now => {
        progress.note(describeRun(now));
        progress.update(now.done, now.total);
      },
    });
  } finally {
    progress.finish();
  }
  const hybrids = options.hybrid ? await fuse(summary, options, watch) : undefined;
  const report = reportOf(summary, options, hybrids);
  await writeReport(out, report);
  return { report, trained: summary.trained, file: join(out, 'report.html') };
}

function describeRun({ variant, seed, runs, allRuns, training }: AblationProgress): string {
  const what =
    training === undefined
      ? 'measuring'
      : `${training.stage}: loss ${training.loss.toFixed(4)}, ${Math.round(training.examplesPerSecond)} examples/s`;
  return `run ${runs + 1} of ${allRuns}: ${variant}, seed ${seed}: ${what}`;
}

type Hybrids = ReadonlyMap<RunResult, HybridFigures>;

/** What every model of an ablation comes to beside token retrieval. */
async function fuse({ rows, sets }: AblationSummary, options: AblateOptions, watch: Watch): Promise<Hybrids> {
  const { data, out, plan } = options;
  const queries = new Map([...sets].map(([split, { queries }]) => [split, queries]));
  const scratch = join(out, 'runs', '.tokens');
  const tokens = await tokenRuns(data, queries, plan.base.config.indexing, scratch, watch);
  const results = rows.flatMap(row => row.results);
  return new Map(results.map(result => [result, hybridFigures(result, tokens, sets)]));
}

function reportOf(
  { rows, sets }: AblationSummary,
  { plan, split, data }: AblateOptions,
  hybrids: Hybrids | undefined,
): AblationReport {
  const shown = [...sets.keys()].filter(name => split === 'both' || split === name);
  const splits = shown.map((name): AblationSplit => {
    const variants = rows.map(({ variant, results }) => ({
      name: variant.name,
      seeds: results.map(result => seedFigures(result, name, hybrids?.get(result))),
    }));
    const { queries, relevanceLevel } = rows[0].results[0].splits[name]!;
    return { name, queries: queries.length, relevanceLevel, rows: ablationTable(variants, { seed }) };
  });
  const variants = rows.map(({ variant, results }) => ({
    name: variant.name,
    change: describeChanges(variant.changes),
    seconds: results.reduce((sum, { seconds }) => sum + seconds, 0) / results.length,
  }));
  return { data, seeds: plan.seeds, figure, splits, variants };
}

function seedFigures({ splits }: RunResult, split: Split, hybrid: HybridFigures | undefined): SeedFigures {
  const { queries, 'ROC AUC': auc } = splits[split]!;
  const fused = hybrid?.perQuery.get(split);
  const perQuery = queries.map(({ id, figures }): [string, Figures] => [
    id,
    { ...figures, ...(fused && { [hybridFigure]: fused.get(id)! }) },
  ]);
  return { perQuery: new Map(perQuery), whole: { 'ROC AUC': auc, ...(hybrid && { 'hybrid weight': hybrid.weight }) } };
}

const describeChanges = (changes: Readonly<Record<string, unknown>>): string =>
  Object.entries(changes)
    .map(([key, value]) => `${key} = ${JSON.stringify(value)}`)
    .join(', ') || 'nothing';

async function writeReport(out: string, report: AblationReport): Promise<void> {
  await writeWhole(join(out, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
  const drawn = chartFile([differenceChart(report)]);
  if (drawn !== undefined) await writeWhole(join(out, 'report.svg'), drawn);
  await writeWhole(join(out, 'report.html'), renderReport({ title: 'Ablation', sections: ablationSections(report) }));
}
