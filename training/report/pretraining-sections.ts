import { figureText } from '../../src/evaluation/report/figures.js';
import type { KeyValuesSection, LineChartSection, Section } from '../../src/evaluation/report/sections.js';
import { type TrainingLogRow, thinned } from './training-sections.js';

/** What a pretraining run has read. */
export interface PretrainingCounts {
  /** distinct texts, and those of them that are held out */
  readonly texts: number;
  readonly heldOut: number;
  /** windows of texts, and translations, that are learnt from */
  readonly windows: number;
  readonly translations: number;
  /** entries of the vocabulary */
  readonly vocabulary: number;
}

/** Figures of the frequencies of tokens alone. */
export interface UnigramFigures {
  readonly loss: number;
  readonly accuracy: number;
}

/**
 * What was read and what came out, the loss, the accuracy at masked places.
 * @param rows  validation figures are named `loss`, `accuracy`, `translation loss`, `translation accuracy`, `perplexity`
 */
export function pretrainingSections(
  rows: readonly TrainingLogRow[],
  counts: PretrainingCounts,
  unigram?: UnigramFigures,
): Section[] {
  const validated = rows.some(row => row.validation !== undefined);
  return [
    summarySection(rows, counts, unigram),
    lossSection(rows, unigram),
    ...(validated ? [accuracySection(rows, unigram)] : []),
  ];
}

function summarySection(
  rows: readonly TrainingLogRow[],
  { texts, heldOut, windows, translations, vocabulary }: PretrainingCounts,
  unigram?: UnigramFigures,
): KeyValuesSection {
  const last = rows.findLast(row => row.validation !== undefined)?.validation ?? {};
  const entries: [string, string][] = [
    ['Texts', `${texts}, ${heldOut} of them held out; ${windows} windows are learnt from`],
    ['Translations', String(translations)],
    ['Vocabulary', `${vocabulary} tokens`],
    ['Steps', String(rows.at(-1)?.step ?? 0)],
    ...Object.entries(last).map(([name, value]): [string, string] => [`Held out: ${name}`, figureText(value)]),
  ];
  if (unigram !== undefined) {
    entries.push(['By frequency alone', `loss ${figureText(unigram.loss)}, accuracy ${figureText(unigram.accuracy)}`]);
  }
  return { kind: 'keyValues', title: 'Pretraining', entries };
}

function lossSection(rows: readonly TrainingLogRow[], unigram?: UnigramFigures): LineChartSection {
  return {
    kind: 'lineChart',
    title: 'Loss',
    note: 'Cross-entropy of a masked token in nats. Held-out texts are read without dropout and against the whole vocabulary. The line across is the loss of frequencies alone.',
    x: { label: 'step' },
    y: { label: 'loss' },
    series: [
      {
        name: 'training',
        points: thinned(rows.flatMap(({ step, loss }) => (loss === undefined ? [] : [[step, loss]]))),
      },
      ...heldOutSeries(rows, ['loss', 'translation loss']),
    ],
    ...(unigram !== undefined && { level: unigram.loss }),
  };
}

function accuracySection(rows: readonly TrainingLogRow[], unigram?: UnigramFigures): LineChartSection {
  return {
    kind: 'lineChart',
    title: 'Masked accuracy',
    note: 'Share of the masked places of held-out texts where the token that stood there gets the highest score. The line across: always the most frequent token.',
    x: { label: 'step' },
    y: { label: 'accuracy' },
    series: heldOutSeries(rows, ['accuracy', 'translation accuracy']),
    dots: true,
    ...(unigram !== undefined && { level: unigram.accuracy }),
  };
}

const heldOutSeries = (rows: readonly TrainingLogRow[], names: readonly string[]): LineChartSection['series'] =>
  names
    .map(name => ({
      name: `held out: ${name}`,
      points: thinned(
        rows.flatMap(({ step, validation }) => (validation?.[name] === undefined ? [] : [[step, validation[name]]])),
      ),
    }))
    .filter(({ points }) => points.length > 0);
