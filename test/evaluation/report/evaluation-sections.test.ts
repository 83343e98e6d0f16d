import { describe, expect, it } from 'vitest';
import { evaluateRun } from '../../../src/evaluation/evaluate.js';
import type { EvaluationReport } from '../../../src/evaluation/report/evaluation-report.js';
import { evaluationSections } from '../../../src/evaluation/report/evaluation-sections.js';
import type { Cell, Section } from '../../../src/evaluation/report/sections.js';
import type { Qrels, Run } from '../../../src/evaluation/trec.js';

/** 20 queries with one relevant document; `hybrid` has it first, `token` second, but for q19, where it is the other way round. */
const queries = Array.from({ length: 20 }, (_, i) => `q${i}`);
const qrels: Qrels = new Map(
  queries.map(query => [
    query,
    new Map([
      ['good', 1],
      ['bad', 0],
    ]),
  ]),
);
const runWith = (isFirst: (query: string) => boolean): Run =>
  new Map(
    queries.map(query => [
      query,
      (isFirst(query) ? ['good', 'bad'] : ['bad', 'good']).map((id, i) => ({ id, score: 1 - i })),
    ]),
  );
const runOf = (name: string, isFirst: (query: string) => boolean) => ({
  name,
  evaluation: evaluateRun(runWith(isFirst), qrels, { condensed: true }),
});
const report: EvaluationReport = {
  runs: [runOf('hybrid', query => query !== 'q19'), runOf('token', query => query === 'q19')],
  figure: 'nDCG@10',
  seed: 1,
  slices: new Map(queries.map((query, i) => [query, { country: i < 15 ? 'de' : 'fr' }])),
  queryTexts: new Map([['q19', 'the odd one']]),
};
const second = 1 / Math.log2(3); // nDCG with the good document at rank 2

function find<K extends Section['kind']>(
  sections: readonly Section[],
  kind: K,
  title: string,
): Extract<Section, { kind: K }> {
  const found = sections.find(
    (section): section is Extract<Section, { kind: K }> => section.kind === kind && section.title === title,
  );
  if (!found) throw new Error(`no ${kind} ${title} among ${sections.map(section => section.title).join(', ')}`);
  return found;
}
const textsOf = (row: readonly (string | Cell)[]): string[] =>
  row.map(cell => (typeof cell === 'string' ? cell : cell.text));

describe('evaluationSections', () => {
  const sections = evaluationSections(report);

  it('figures with intervals, the best marked, condensed ones apart', () => {
    const { columns, rows } = find(sections, 'table', 'Figures');
    expect(columns.map(({ name }) => name)).toEqual([
      'Run',
      'nDCG@10',
      'MRR@10',
      'Recall@10',
      'Recall@100',
      'judged@10',
    ]);
    expect(textsOf(rows[0]).slice(0, 3)).toEqual(['hybrid', ((19 + second) / 20).toFixed(4), (19.5 / 20).toFixed(4)]);
    expect(textsOf(rows[1]).slice(0, 2)).toEqual(['token', ((1 + 19 * second) / 20).toFixed(4)]);
    expect(rows[0][1]).toMatchObject({ tone: 'best', note: expect.stringMatching(/^0\.\d{3} to [01]\.\d{3}$/) });
    expect(rows[1][1]).not.toHaveProperty('tone');
    expect(find(sections, 'table', 'Figures on condensed lists').columns.map(({ name }) => name)).toContain('nDCG@10');
  });

  it('differences with their significance', () => {
    const [row] = find(sections, 'table', 'Differences in nDCG@10').rows;
    const difference = (18 * (1 - second)) / 20;
    expect(textsOf(row)).toEqual(['hybrid − token', `+${difference.toFixed(4)}`, '< 0.001', '19', '1', '0']);
    expect(row[1]).toMatchObject({ tone: 'up' });
  });

  it('names the queries that differ most by their text', () => {
    const { rows } = find(sections, 'table', 'Queries on which hybrid and token differ most');
    expect(textsOf(rows.at(-1)!)).toEqual(['the odd one', second.toFixed(4), '1.0000', `−${(1 - second).toFixed(4)}`]);
    expect(rows).toHaveLength(9); // eight at the upper end, the odd one at the lower
  });

  it('per-query curve falls from the best to the worst', () => {
    const [{ points }] = find(sections, 'lineChart', 'Per-query difference in nDCG@10').series;
    expect(points).toHaveLength(20);
    expect(points[0]).toEqual([0.5 / 20, 1 - second]);
    expect(points.at(-1)).toEqual([19.5 / 20, second - 1]);
  });

  it('slices: a chart and a table', () => {
    const { bars } = find(sections, 'barChart', 'nDCG@10 by country');
    expect(bars.map(({ group, series }) => `${group} ${series}`)).toEqual([
      'de hybrid',
      'de token',
      'fr hybrid',
      'fr token',
    ]);
    expect(bars[2].value).toBeCloseTo((4 + second) / 5, 12);
    const { rows } = find(sections, 'table', 'nDCG@10 by country: figures');
    expect(rows.map(row => textsOf(row).slice(0, 2))).toEqual([
      ['de', '15'],
      ['fr', '5'],
    ]);
  });

  it('one run has no differences, and none is best', () => {
    const alone = evaluationSections({ runs: [report.runs[0]], figure: 'nDCG@10', seed: 1 });
    expect(alone.map(({ title }) => title)).toEqual(['What was measured', 'Figures', 'Figures on condensed lists']);
    expect(find(alone, 'table', 'Figures').rows[0][1]).not.toHaveProperty('tone');
  });

  it('refuses runs judged by other queries', () => {
    const other = { name: 'other', evaluation: evaluateRun(new Map(), new Map([['z', new Map([['d', 1]])]])) };
    expect(() => evaluationSections({ ...report, runs: [report.runs[0], other] })).toThrowError(
      expect.objectContaining({ code: 'usage/bad-value' }),
    );
  });
});
