import { type TrainSummary, trainingReport } from '../api/training/train-model.js';

/** What a training run leaves behind for machines. */
export const trainingOutcome = (summary: TrainSummary): Record<string, unknown> => ({
  model: summary.out,
  steps: summary.steps,
  seconds: Number(summary.seconds.toFixed(1)),
  resumedAt: summary.resumedAt,
  examplesPerSecond: Math.round(summary.examplesPerSecond),
  droppedChannels: summary.droppedChannels,
  metrics: { validation: summary.metrics, ...(summary.knownItems && { knownItems: summary.knownItems }) },
  report: trainingReport(summary.out),
});

/** The same for people. */
export function describeTraining(summary: TrainSummary): string {
  const { out, steps, seconds, examplesPerSecond, droppedChannels, metrics, knownItems } = summary;
  const figures = (of: Readonly<Record<string, number>>): string =>
    Object.entries(of)
      .map(([name, value]) => `${name} ${value.toFixed(4)}`)
      .join(', ');
  return [
    `${out}: ${steps} steps in ${seconds.toFixed(0)} s, ${Math.round(examplesPerSecond)} examples/s`,
    ...(droppedChannels.length === 0 ? [] : [`left out, no row has a value: ${droppedChannels.join(', ')}`]),
    `validation: ${figures(metrics) || 'no queries'}`,
    ...(knownItems === undefined ? [] : [`queries drawn from the documents: ${figures(knownItems)}`]),
    `report: ${trainingReport(out)}`,
  ].join('\n');
}
