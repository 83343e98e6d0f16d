import { describe, expect, it } from 'vitest';
import { efCurveSection, fusionCurveSection } from '../../../src/evaluation/report/curve-sections.js';

describe('curves', () => {
  it('fusion weight with the chosen one', () => {
    const section = fusionCurveSection(
      [
        { weight: 0, value: 0.38 },
        { weight: 1, value: 0.36 },
      ],
      'nDCG@10',
      0.4,
    );
    expect(section.series[0].points).toEqual([
      [0, 0.38],
      [1, 0.36],
    ]);
    expect(section.chosen).toBe(0.4);
  });

  it('recall against ef on a log scale with the wanted recall', () => {
    const section = efCurveSection(
      [
        { ef: 10, recall: 0.9 },
        { ef: 100, recall: 1 },
      ],
      10,
      0.99,
    );
    expect(section).toMatchObject({ x: { scale: 'log' }, level: 0.99 });
    expect(section.series[0].points).toEqual([
      [10, 0.9],
      [100, 1],
    ]);
  });
});
