import { expect, it } from 'vitest';
import { propensitySections } from '../../../src/evaluation/report/propensity-sections.js';
import { renderReport } from '../../../src/evaluation/report/render-report.js';

const ranks = [
  { rank: 1, views: 100, clicks: 50, propensity: 1, low: 1, high: 1, weight: 1 },
  { rank: 2, views: 0, clicks: 0, propensity: 0.75, weight: 1.333 },
  { rank: 3, views: 200, clicks: 25, propensity: 0.5, low: 0.4, high: 0.625, weight: 2 },
];

it('shows propensities beside the clicks of a view, both beside the first rank', () => {
  const [chart, table] = propensitySections(ranks, 'By hand.');
  expect(chart).toMatchObject({
    kind: 'lineChart',
    series: [
      {
        name: 'propensity',
        points: [
          [1, 1],
          [2, 0.75],
          [3, 0.5],
        ],
      },
      // a rank without views has no rate
      {
        name: 'clicks of a view',
        points: [
          [1, 1],
          [3, 0.25],
        ],
      },
    ],
  });
  expect(table).toMatchObject({
    kind: 'table',
    rows: [
      ['1', '100', '50', '0.5000', { text: '1.000', note: '1.000 to 1.000' }, '1.00'],
      ['2', '0', '0', '', { text: '0.750' }, '1.33'],
      ['3', '200', '25', '0.1250', { text: '0.500', note: '0.400 to 0.625' }, '2.00'],
    ],
  });
  expect(renderReport({ title: 'Labels', sections: propensitySections(ranks, 'By <hand>.') })).toContain(
    'By &lt;hand&gt;.',
  );
});

it('draws nothing of no clicks at all', () => {
  const [chart] = propensitySections([{ ...ranks[0], clicks: 0 }], '');
  expect(renderReport({ title: 'Labels', sections: [chart] })).toContain('propensity');
});
