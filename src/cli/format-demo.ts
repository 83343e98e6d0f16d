import { type Demo, figure } from '../api/demo/run-demo.js';
import { formatComparison, formatMetrics, formatSlices, metricsOf } from './format-metrics.js';

/** What the demo came to, for people. */
export function formatDemo({ runs, comparisons, slices, counts, seconds, memoryMB, report }: Demo): string {
  const { queries } = runs[0].evaluation;
  return [
    formatMetrics(runs),
    ...comparisons.map(formatComparison),
    formatSlices(runs, slices, figure, ['group', 'overlap']),
    `${counts.documents} documents, ${queries} test queries, ${Math.round(seconds)} s, ${memoryMB} MB`,
    `report: ${report}`,
  ].join('\n\n');
}

/** The same for machines. */
export const demoOutcome = (demo: Demo): Record<string, unknown> => ({
  metrics: metricsOf(demo.runs, demo.vectors),
  slices: demo.slices,
  comparisons: demo.comparisons,
  queries: demo.runs[0].evaluation.queries,
  ...demo.counts,
  training: { seconds: demo.training.seconds, examplesPerSecond: Math.round(demo.training.examplesPerSecond) },
  fusionWeight: demo.fusionWeight,
  seconds: Number(demo.seconds.toFixed(1)),
  memoryMB: demo.memoryMB,
  report: demo.report,
  index: demo.index,
});
