import { describe, expect, it } from 'vitest';
import { renderReport } from '../../../src/evaluation/report/render-report.js';
import type { KeyValuesSection, LineChartSection } from '../../../src/evaluation/report/sections.js';
import { type TrainingLogRow, trainingSections } from '../../../training/report/training-sections.js';

const rows: TrainingLogRow[] = [
  { step: 10, stage: 'pseudo', loss: 4, examplesPerSecond: 1000 },
  { step: 20, stage: 'pseudo', loss: 2, examplesPerSecond: 2000, validation: { 'ROC AUC': 0.8 } },
  { step: 30, stage: 'labelled', loss: 1, validation: { 'ROC AUC': 0.9, 'Recall@10': 0.5 } },
  { step: 40, stage: 'labelled', validation: { 'ROC AUC': 0.85, 'Recall@10': 0.5 } },
];

describe('trainingSections', () => {
  const [summary, loss, validation] = trainingSections(rows) as [KeyValuesSection, LineChartSection, LineChartSection];

  it('says what came out; of equal evaluations the first is the best', () => {
    expect(summary.entries).toEqual([
      ['Stages', 'pseudo, labelled'],
      ['Steps', '40'],
      ['Loss', '4.000 at first, 1.000 at last'],
      ['Examples a second', '1500 on average'],
      ['Best ROC AUC', '0.9000 at step 30'],
      ['Best Recall@10', '0.5000 at step 30'],
    ]);
  });

  it('a loss curve for each stage, a validation curve for each figure', () => {
    expect(loss.series).toEqual([
      {
        name: 'pseudo',
        points: [
          [10, 4],
          [20, 2],
        ],
      },
      { name: 'labelled', points: [[30, 1]] },
    ]);
    expect(validation.series[0]).toEqual({
      name: 'ROC AUC',
      points: [
        [20, 0.8],
        [30, 0.9],
        [40, 0.85],
      ],
    });
    expect(validation.series[1].points).toHaveLength(2);
  });

  it('a long curve is drawn from means of neighbours', () => {
    const long = Array.from({ length: 1000 }, (_, step) => ({ step, stage: 's', loss: step }));
    const [{ points }] = (trainingSections(long)[1] as LineChartSection).series;
    expect(points.length).toBeLessThanOrEqual(400);
    expect(points[0]).toEqual([1, 1]); // mean of 0, 1, 2
    expect(points.at(-1)).toEqual([999, 999]); // what is left over
  });

  it('an empty log is a page without curves, not a failure', () => {
    expect(renderReport({ title: 't', sections: trainingSections([]) }).match(/No figures to draw/g)).toHaveLength(2);
  });
});
