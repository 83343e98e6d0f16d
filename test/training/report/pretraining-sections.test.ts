import { describe, expect, it } from 'vitest';
import { renderReport } from '../../../src/evaluation/report/render-report.js';
import { pretrainingSections } from '../../../training/report/pretraining-sections.js';

const counts = { texts: 100, heldOut: 2, windows: 120, translations: 0, vocabulary: 500 };
const rows = [
  { step: 50, stage: 'pretraining', loss: 5.5 },
  { step: 60, stage: 'pretraining', loss: 5, validation: { loss: 4.75, perplexity: 115.58, accuracy: 0.25 } },
];

describe('pretrainingSections', () => {
  it('shows what was read, both losses and the accuracy, each beside what frequencies alone reach', () => {
    const [summary, loss, accuracy] = pretrainingSections(rows, counts, { loss: 6, accuracy: 0.05 });
    expect(summary).toMatchObject({
      entries: expect.arrayContaining([
        ['Texts', '100, 2 of them held out; 120 windows are learnt from'],
        ['Steps', '60'],
        ['Held out: accuracy', '0.2500'],
        ['By frequency alone', 'loss 6.0000, accuracy 0.0500'],
      ]),
    });
    expect(loss).toMatchObject({
      level: 6,
      series: [
        {
          name: 'training',
          points: [
            [50, 5.5],
            [60, 5],
          ],
        },
        { name: 'held out: loss', points: [[60, 4.75]] },
      ],
    });
    expect(accuracy).toMatchObject({ level: 0.05, series: [{ name: 'held out: accuracy', points: [[60, 0.25]] }] });
    expect(renderReport({ title: 'Pretraining', sections: [summary, loss, accuracy] })).toContain('Masked accuracy');
  });

  it('leaves out what was not measured', () => {
    const sections = pretrainingSections(rows.slice(0, 1), counts);
    expect(sections.map(({ title }) => title)).toEqual(['Pretraining', 'Loss']);
    expect(sections[1]).not.toHaveProperty('level');
  });
});
