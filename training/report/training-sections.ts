import { figureText } from '../../src/evaluation/report/figures.js';
import type { KeyValuesSection, LineChartSection, Section } from '../../src/evaluation/report/sections.js';

/** One line of the training log: a step with its loss, or an evaluation with its figures, or both. */
export interface TrainingLogRow {
  /** steps since the beginning of training, over all stages */
  readonly step: number;
  readonly stage: string;
  /** mean loss since the row before */
  readonly loss?: number;
  readonly examplesPerSecond?: number;
  /** figures on the validation queries, such as `ROC AUC` or `Recall@10`, in [0, 1] */
  readonly validation?: Readonly<Record<string, number>>;
}

/** A curve of more points than this is drawn from means of neighbours: no screen shows more. */
const mostPoints = 400;

type Point = readonly [number, number];

/** Loss curve by stage, validation curves, and what came out. */
export function trainingSections(rows: readonly TrainingLogRow[]): Section[] {
  return [summarySection(rows), ...trainingCharts(rows)];
}

/** The curves of a run: loss by stage, and validation figures. */
export function trainingCharts(rows: readonly TrainingLogRow[]): LineChartSection[] {
  return [lossSection(rows), validationSection(rows)];
}

function summarySection(rows: readonly TrainingLogRow[]): KeyValuesSection {
  const losses = rows.flatMap(row => row.loss ?? []);
  const speeds = rows.flatMap(row => row.examplesPerSecond ?? []);
  const entries: [string, string][] = [
    ['Stages', [...new Set(rows.map(row => row.stage))].join(', ') || 'none'],
    ['Steps', String(rows.reduce((most, row) => Math.max(most, row.step), 0))],
  ];
  if (losses.length > 0)
    entries.push(['Loss', `${losses[0].toFixed(3)} at first, ${losses.at(-1)!.toFixed(3)} at last`]);
  if (speeds.length > 0) entries.push(['Examples a second', `${Math.round(meanOf(speeds))} on average`]);
  for (const [name, best] of bestFigures(rows))
    entries.push([`Best ${name}`, `${figureText(best.value)} at step ${best.step}`]);
  return { kind: 'keyValues', title: 'Training', entries };
}

function bestFigures(rows: readonly TrainingLogRow[]): Map<string, { value: number; step: number }> {
  const best = new Map<string, { value: number; step: number }>();
  for (const { step, validation } of rows) {
    for (const [name, value] of Object.entries(validation ?? {})) {
      if (value > (best.get(name)?.value ?? Number.NEGATIVE_INFINITY)) best.set(name, { value, step });
    }
  }
  return best;
}

function lossSection(rows: readonly TrainingLogRow[]): LineChartSection {
  const stages = [...new Set(rows.map(row => row.stage))];
  const pointsOf = (stage: string): Point[] =>
    rows.flatMap(row => (row.stage === stage && row.loss !== undefined ? [[row.step, row.loss] as const] : []));
  return {
    kind: 'lineChart',
    title: 'Training loss',
    note: 'Stages show different examples, so their losses are not comparable with one another.',
    x: { label: 'step' },
    y: { label: 'loss' },
    series: stages.map(stage => ({ name: stage, points: thinned(pointsOf(stage)) })),
  };
}

function validationSection(rows: readonly TrainingLogRow[]): LineChartSection {
  const names = [...new Set(rows.flatMap(row => Object.keys(row.validation ?? {})))];
  const pointsOf = (name: string): Point[] =>
    rows.flatMap(row => (row.validation?.[name] === undefined ? [] : [[row.step, row.validation[name]] as const]));
  return {
    kind: 'lineChart',
    title: 'Validation',
    note: 'Figures on queries that training never sees.',
    x: { label: 'step' },
    y: { label: 'figure' },
    series: names.map(name => ({ name, points: thinned(pointsOf(name)) })),
    dots: true,
  };
}

/** Means of equal runs of neighbours, at most `mostPoints` of them; short curves as they are. */
export function thinned(points: readonly Point[]): Point[] {
  const size = Math.ceil(points.length / mostPoints);
  if (size <= 1) return [...points];
  return Array.from({ length: Math.ceil(points.length / size) }, (_, i) => {
    const run = points.slice(i * size, (i + 1) * size);
    return [meanOf(run.map(([x]) => x)), meanOf(run.map(([, y]) => y))] as const;
  });
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
