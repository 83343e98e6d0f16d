import { describe, expect, it } from 'vitest';
import { renderReport } from '../../../src/evaluation/report/render-report.js';
import type { BarChartSection, TableSection } from '../../../src/evaluation/report/sections.js';
import { type Inspection, inspectionSections } from '../../../training/report/inspection-sections.js';

const interval = (mean: number, half: number) => ({ mean, low: mean - half, high: mean + half });

const inspection: Inspection = {
  queries: 3,
  documents: 9,
  figures: { 'nDCG@10': 0.5, 'ROC AUC': 0.75 },
  importance: [
    {
      tower: 'query',
      channel: 'word',
      share: 1,
      without: { 'nDCG@10': 0.375, 'ROC AUC': 0.75 },
      lost: { 'nDCG@10': interval(0.125, 0.0625), 'ROC AUC': interval(0, 0.25) },
    },
    {
      tower: 'document',
      channel: 'title<b>',
      share: 0.5,
      without: { 'nDCG@10': 0.25, 'ROC AUC': 1 },
      lost: { 'nDCG@10': interval(0.25, 0.5), 'ROC AUC': interval(-0.25, 0.125) },
    },
  ],
  weights: [
    {
      tower: 'query',
      by: 'words',
      channels: ['trigram', 'word'],
      rows: [
        { value: '1', count: 2, weights: [0.25, 0.75] },
        { value: '5+', count: 1, weights: [1, 0] },
      ],
    },
  ],
};

describe('inspectionSections', () => {
  const sections = inspectionSections(inspection);
  const titled = <S>(title: string): S => sections.find(section => section.title === title) as S;

  it('a chart for each figure, by what the first figure loses', () => {
    expect(titled<BarChartSection>('Importance of the channels: ROC AUC').bars).toEqual([
      { group: 'document: title<b>', series: 'ROC AUC', value: -0.25, low: -0.375, high: -0.125 },
      { group: 'query: word', series: 'ROC AUC', value: 0, low: -0.25, high: 0.25 },
    ]);
  });

  it('a table that colours what chance does not explain', () => {
    const { columns, rows } = titled<TableSection>('Importance of the channels: figures');
    expect(columns.map(({ name }) => name)).toEqual(['Without', 'rows that have it', 'nDCG@10', 'ROC AUC']);
    expect(rows.map(row => row.map(cell => (typeof cell === 'string' ? cell : cell.text)))).toEqual([
      ['(nothing: the whole towers)', '', '0.5000', '0.7500'],
      ['document: title<b>', '50.0%', '0.2500', '1.0000'],
      ['query: word', '100.0%', '0.3750', '0.7500'],
    ]);
    const tones = rows.slice(1).map(row => row.slice(2).map(cell => (typeof cell === 'string' ? '' : cell.tone)));
    expect(tones).toEqual([
      [undefined, 'up'],
      ['down', undefined],
    ]);
  });

  it('fusion weights as a chart and a table with counts', () => {
    expect(titled<BarChartSection>('Fusion weights of the query tower by words').bars).toEqual([
      { group: '1', series: 'trigram', value: 0.25 },
      { group: '1', series: 'word', value: 0.75 },
      { group: '5+', series: 'trigram', value: 1 },
      { group: '5+', series: 'word', value: 0 },
    ]);
    expect(titled<TableSection>('Fusion weights of the query tower by words: figures').rows).toEqual([
      ['1', '2', '0.250', '0.750'],
      ['5+', '1', '1.000', '0.000'],
    ]);
  });

  it('is a page on which names are no markup', () => {
    const page = renderReport({ title: 'Inside the model', sections });
    expect(page).toContain('title&lt;b&gt;');
    expect(page).not.toContain('title<b>');
  });
});
