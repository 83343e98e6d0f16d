import { type PretrainSummary, pretrainingReport } from '../api/training/pretrain-encoder.js';

/** What a run leaves behind for machines. */
export const pretrainingOutcome = (summary: PretrainSummary): Record<string, unknown> => ({
  encoder: summary.out,
  steps: summary.steps,
  resumedAt: summary.resumedAt,
  seconds: Number(summary.seconds.toFixed(1)),
  textsPerSecond: Math.round(summary.textsPerSecond),
  counts: summary.counts,
  metrics: { validation: summary.metrics, ...(summary.unigram && { unigram: summary.unigram }) },
  report: pretrainingReport(summary.out),
});

/** The same for people. */
export function describePretraining(summary: PretrainSummary): string {
  const { out, steps, seconds, textsPerSecond, counts, metrics, unigram } = summary;
  const { texts, heldOut, windows, translations, vocabulary } = counts;
  const figures = Object.entries(metrics).map(([name, value]) => `${name} ${value.toFixed(4)}`);
  const alone =
    unigram && `by frequency alone: loss ${unigram.loss.toFixed(4)}, accuracy ${unigram.accuracy.toFixed(4)}`;
  return [
    `${out}: ${steps} steps in ${seconds.toFixed(0)} s, ${Math.round(textsPerSecond)} texts/s`,
    `read: ${texts} texts (${heldOut} held out), ${windows} windows, ${translations} translations, ${vocabulary} tokens`,
    `held out: ${figures.join(', ') || 'nothing'}${alone === undefined ? '' : `; ${alone}`}`,
    `report: ${pretrainingReport(out)}`,
  ].join('\n');
}
