import { readQueries } from '../../data/queries.js';
import type { VectorMeasures } from '../evaluation/measure-vectors.js';
import type { EvaluatedRun } from '../evaluation/report/evaluation-report.js';
import { evaluationSections } from '../evaluation/report/evaluation-sections.js';
import { renderReport } from '../evaluation/report/render-report.js';
import type { Section } from '../evaluation/report/sections.js';
import { type Qrels, readQrels } from '../evaluation/trec.js';
import { writeWhole } from '../files/atomic.js';
import type { SearchMode } from '../search/request.js';
import { readFusionCurve } from '../search/tuned-fusion.js';
import type { CommandContext, Outcome } from './command.js';
import { evaluateModes, evaluateRunFiles, evaluateVectors, metricsOf, readSlices } from './evaluate-files.js';
import { compareWithFirst, formatComparison, formatFigures, formatMetrics } from './format-metrics.js';
import { indexSections } from './index-sections.js';
import { withSearch } from './open-search.js';

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
  const queries = options.queries === undefined ? [] : await readQueries(options.queries, { onNote: context.note });
  const measured: Measured =
    options.index === undefined
      ? { runs: await evaluateRunFiles(options.run, qrels, options, context), sections: [] }
      : await evaluateIndex(options.index, queries, qrels, options, context);
  const { runs, vectors } = measured;
  const comparisons = compareWithFirst(runs, figure, seed);
  if (out !== undefined) {
    const queryTexts = new Map(queries.map(({ id, text }) => [id, text]));
    const sections = [...evaluationSections({ runs, figure, seed, slices, queryTexts }), ...measured.sections];
    await writeWhole(out, renderReport({ title: 'Evaluation', sections }));
  }
  const { queries: count } = runs[0].evaluation;
  return {
    json: { metrics: metricsOf(runs, vectors), queries: count, comparisons, ...(out && { report: out }) },
    text: [
      formatMetrics(runs),
      ...(vectors === undefined ? [] : [formatFigures('vector', vectors.figures)]),
      ...comparisons.map(formatComparison),
      ...(out ? [`report: ${out}`] : []),
    ].join('\n'),
  };
}

interface Measured {
  readonly runs: readonly EvaluatedRun[];
  readonly vectors?: VectorMeasures;
  /** what the report shows of the index itself */
  readonly sections: readonly Section[];
}

const evaluateIndex = (
  folder: string,
  queries: Awaited<ReturnType<typeof readQueries>>,
  qrels: Qrels,
  options: EvaluateReportOptions,
  context: CommandContext,
): Promise<Measured> =>
  withSearch(folder, async search => {
    const modes = options.mode === undefined ? search.modes : [options.mode];
    const runs = await evaluateModes(search, modes, queries, qrels, options, context);
    const vectors = modes.includes('vector')
      ? await evaluateVectors(search, queries, qrels, options, context)
      : undefined;
    return { runs, vectors, sections: indexSections(await readFusionCurve(folder), vectors) };
  });
