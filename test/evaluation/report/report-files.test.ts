import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DOMParser } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { chartFile } from '../../../src/evaluation/report/chart.js';
import { writeReportFiles } from '../../../src/evaluation/report/report-files.js';
import type { BarChartSection, LineChartSection } from '../../../src/evaluation/report/sections.js';
import { temporaryFolder } from '../../data/temporary-folder.js';

const line: LineChartSection = {
  kind: 'lineChart',
  title: 'Loss & more: nDCG@10',
  x: { label: 'step' },
  y: { label: 'loss' },
  series: [
    {
      name: 'a<b',
      points: [
        [1, 2],
        [2, 1],
      ],
    },
    { name: 'second', points: [[1, 3]] },
  ],
  dots: true,
};
const bars: BarChartSection = {
  kind: 'barChart',
  title: 'Weights',
  x: { label: 'weight' },
  bars: [{ group: 'de', series: 'word', value: 0.5, low: 0.25, high: 0.75 }],
};
const empty: BarChartSection = { ...bars, title: 'Nothing', bars: [] };

describe('chartFile', () => {
  const file = chartFile([line, bars, empty])!;
  const root = new DOMParser().parseFromString(file, 'image/svg+xml').documentElement!;
  const texts = [...root.querySelectorAll('text')].map(text => text.textContent);

  it('is one SVG with titles, legends and colours inside', () => {
    expect(root.getAttribute('xmlns')).toBe('http://www.w3.org/2000/svg');
    expect(texts).toEqual(expect.arrayContaining(['Loss & more: nDCG@10', 'a<b', 'second', 'Weights']));
    // the only series of a chart needs no legend
    expect(texts).not.toContain('word');
    expect(file).not.toContain('var(');
  });

  it('puts charts one below another, and leaves empty ones out', () => {
    const places = [...root.children].filter(({ tagName }) => tagName === 'g').map(g => g.getAttribute('transform'));
    // margin 16; title 30, two legend lines of 18, plot of 300, margin 16
    expect(places).toEqual(['translate(16 16)', `translate(16 ${16 + 30 + 2 * 18 + 300 + 16})`]);
    expect(chartFile([empty])).toBeUndefined();
  });
});

describe('writeReportFiles', () => {
  const report = { title: 'Report', sections: [line, bars, empty] };

  it('writes the page, its data and every chart, and nothing half', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'sub'));
    const written = await writeReportFiles(join(folder, 'sub', 'r.html'), report, { a: 1 });
    expect(written.map(path => basename(path))).toEqual([
      'r.html',
      'r.weights.svg',
      'r.loss-more-ndcg-10.svg',
      'r.json',
    ]);
    expect((await readdir(join(folder, 'sub'))).sort()).toEqual(written.map(path => basename(path)).sort());
    expect(JSON.parse(await readFile(written[3], 'utf8'))).toEqual({ a: 1 });
    expect(await readFile(written[0], 'utf8')).toContain('<h1>Report</h1>');
  });

  it('gives the documented error where it cannot write', async () => {
    const file = join(await temporaryFolder(), 'file');
    await writeFile(file, '');
    await expect(writeReportFiles(join(file, 'r.html'), report, {})).rejects.toMatchObject({
      code: 'files/write-failed',
    });
  });
});
