import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { chartFile } from '../../../src/evaluation/report/chart.js';
import { renderReport } from '../../../src/evaluation/report/render-report.js';
import type { KeyValuesSection, TableSection } from '../../../src/evaluation/report/sections.js';
import { type AblationReport, ablationSections, differenceChart } from '../../../training/report/ablation-sections.js';
import { ablationTable } from '../../../training/report/ablation-table.js';

/** Eight queries of the given figure, so that a difference of all of them is no chance: p = 2 / 2^8. */
const seedOf = (value: number) => ({
  perQuery: new Map(Array.from({ length: 8 }, (_, i) => [`q${i}`, { 'nDCG@10': value }])),
  whole: { 'ROC AUC': 0.9 },
});

function reportOf(hostile = 'without words'): AblationReport {
  const rows = ablationTable(
    [
      { name: 'base', seeds: [seedOf(0.5), seedOf(0.7)] },
      { name: hostile, seeds: [seedOf(0.4), seedOf(0.6)] },
      { name: 'the same', seeds: [seedOf(0.5), seedOf(0.7)] },
    ],
    { seed: 1 },
  );
  return {
    data: 'out/data',
    seeds: [1, 2],
    figure: 'nDCG@10',
    splits: [
      { name: 'validation', queries: 8, relevanceLevel: 1, rows },
      { name: 'test', queries: 8, relevanceLevel: 1, rows },
    ],
    variants: [
      { name: 'base', change: 'nothing', seconds: 10.4 },
      { name: hostile, change: 'towers.query = ["trigram"]', seconds: 9 },
      { name: 'the same', change: 'seeds', seconds: 12.6 },
    ],
  };
}

describe('ablationSections', () => {
  const sections = ablationSections(reportOf());

  it('shows what was measured, the plot, the tables of each set of queries, and the changes', () => {
    expect(sections.map(({ title }) => title)).toEqual([
      'What was measured',
      'Difference from the base in nDCG@10',
      'Figures on validation queries',
      'Differences from base on validation queries',
      'Figures on test queries',
      'Differences from base on test queries',
      'What each row changes',
    ]);
    expect((sections.at(-1) as KeyValuesSection).entries).toEqual([
      ['without words', 'towers.query = ["trigram"]'],
      ['the same', 'seeds'],
    ]);
  });

  it('figures: means with the deviation of a seed, the best bold, and the seconds', () => {
    const { columns, rows } = sections[2] as TableSection;
    expect(columns.map(({ name }) => name)).toEqual(['Row', 'nDCG@10', 'ROC AUC', 'seconds']);
    // .5 and .7: mean .6, deviation .1 sqrt 2 = .1414
    const best = { text: '0.6000', note: '± 0.1414', tone: 'best' };
    const auc = { text: '0.9000', note: '± 0.0000', tone: 'best' };
    expect(rows).toEqual([
      ['base', best, auc, '10'],
      ['without words', { text: '0.5000', note: '± 0.1414' }, auc, '9'],
      ['the same', best, auc, '13'],
    ]);
  });

  it('differences: coloured where chance does not explain them', () => {
    const { columns, rows } = sections[3] as TableSection;
    expect(columns.map(({ name }) => name)).toEqual(['Row', 'nDCG@10', 'p']);
    const [lower, same] = rows;
    expect(lower[1]).toEqual({ text: '−0.1000', note: '−0.100 to −0.100', tone: 'down' });
    // 2 of 256 assignments of signs: .0078
    expect(Number(lower[2])).toBeCloseTo(2 / 256, 2);
    expect(same).toEqual(['the same', { text: '0.0000', note: '0.000 to 0.000' }, '1.000']);
  });
});

describe('the plot of differences', () => {
  type Drawing = { querySelectorAll(selector: string): ArrayLike<{ getAttribute(name: string): string | null }> };
  const drawing = (text: string): Drawing => parseHTML(text).document;

  it('has a dot for each row and set of queries, filled where the interval does not hold 0', () => {
    const page = drawing(renderReport({ title: 'Ablation', sections: ablationSections(reportOf()) }));
    const dots = Array.from(page.querySelectorAll('.wide circle'), dot => dot.getAttribute('fill'));
    expect(dots).toEqual(['var(--series-0)', 'var(--card)', 'var(--series-1)', 'var(--card)']);
  });

  it('stands in a file by itself: named series, colours that need no style sheet', () => {
    const text = chartFile([differenceChart(reportOf())]);
    expect(text).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(text).not.toContain('var(');
    for (const word of ['Difference from the base in nDCG@10', 'validation', 'test', 'without words', 'the same']) {
      expect(text).toContain(`>${word}<`);
    }
    expect(chartFile([differenceChart(reportOf())])).toBe(text);
  });

  it('escapes the names of rows', () => {
    const hostile = '<script>alert(1)</script>';
    const text = chartFile([differenceChart(reportOf(hostile))]);
    expect(text).not.toContain('<script');
    expect(text).toContain('&lt;script');
  });

  it('says so when there is nothing to draw', () => {
    const x = { label: 'x' };
    const section = { kind: 'intervalChart', title: 't', x, dots: [] } as const;
    expect(renderReport({ title: 't', sections: [section] })).toContain('No figures to draw');
    expect(chartFile([section])).toBeUndefined();
  });
});
