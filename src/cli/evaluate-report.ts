import { type EvaluatedRun, evaluationSections } from '../evaluation/report/evaluation-sections.js';
import { renderReport } from '../evaluation/report/render-report.js';
import { type Qrels, readQrels } from '../evaluation/trec.js';
import { writeWhole } from '../files/atomic.js';
import type { SearchMode } from '../search/backend.js';
import type { CommandContext, Outcome } from './command.js';
import { evaluateModes, evaluateRunFiles, metricsOf, readSlices } from './evaluate-files.js';
import { compareWithFirst, formatComparison, formatMetrics } from './format-metrics.js';
import { withSearch } from './open-search.js';
import { readQueryFile } from './read-rows.js';

export interface EvaluateReportOptions {
  readonly qrels: string;
  /** run files; when there are none, the index is measured */
  readonly run: readonly string[];
  readonly index?: string;
  readonly queries?: string;
  /** every mode that the index answers when absent */
  readonly mode?: SearchMode;
  readonly relevanceLevel: number;
  readonly condensed: boolean;
  readonly slices?: string;
  /** HTML report */
  readonly out?: string;
  readonly seed: number;
  /** the figure that runs are compared by */
  readonly figure: string;
}

/** Measures runs or an index, compares them, writes the report. */
export async function evaluateAndReport(options: EvaluateReportOptions, context: CommandContext): Promise<Outcome> {
  const { figure, seed, out } = options;
  const qrels = await readQrels(options.qrels);
  const slices = options.slices === undefined ? undefined : await readSlices(options.slices);
  const queries = options.queries === undefined ? [] : await readQueryFile(options.queries);
  const runs =
    options.index === undefined
      ? await evaluateRunFiles(options.run, qrels, options)
      : await evaluateIndex(options.index, queries, qrels, options, context);
  const comparisons = compareWithFirst(runs, figure, seed);
  if (out !== undefined) {
    const queryTexts = new Map(queries.map(({ id, text }) => [id, text]));
    const sections = evaluationSections({ runs, figure, seed, slices, queryTexts });
    await writeWhole(out, renderReport({ title: 'Evaluation', sections }));
  }
  return {
    json: { metrics: metricsOf(runs), queries: runs[0].evaluation.queries, comparisons, ...(out && { report: out }) },
    text: [formatMetrics(runs), ...comparisons.map(formatComparison), ...(out ? [`report: ${out}`] : [])].join('\n'),
  };
}

const evaluateIndex = (
  folder: string,
  queries: Awaited<ReturnType<typeof readQueryFile>>,
  qrels: Qrels,
  options: EvaluateReportOptions,
  context: CommandContext,
): Promise<EvaluatedRun[]> =>
  withSearch(folder, search => {
    const modes = options.mode === undefined ? search.modes : [options.mode];
    return evaluateModes(search, modes, queries, qrels, options, context);
  });
