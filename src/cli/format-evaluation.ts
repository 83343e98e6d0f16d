import type { Evaluated } from '../api/evaluation/evaluate-report.js';
import { formatComparison, formatFigures, formatMetrics, metricsOf } from './format-metrics.js';

/** What was measured, for people. */
export const formatEvaluation = ({ runs, vectors, comparisons }: Evaluated): string =>
  [
    formatMetrics(runs),
    ...(vectors === undefined ? [] : [formatFigures('vector', vectors.figures)]),
    ...comparisons.map(formatComparison),
  ].join('\n');

/** The same for machines. */
export const evaluationOutcome = ({ runs, vectors, comparisons }: Evaluated): Record<string, unknown> => ({
  metrics: metricsOf(runs, vectors),
  queries: runs[0].evaluation.queries,
  comparisons,
});
