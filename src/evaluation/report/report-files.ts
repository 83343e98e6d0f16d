import { writeWhole } from '../../files/atomic.js';
import { type ChartSection, chartFile } from './chart.js';
import { renderReport } from './render-report.js';
import type { Report } from './sections.js';

/**
 * Writes a report as a page, and beside it what it was made of for machines and every chart by itself: `report.html`, `report.json`,
 * `report.NAME.svg`. Each file is written whole or not at all.
 * @param path  ends in `.html`
 * @param data  content of the JSON file
 * @returns paths of what was written, the page first
 * @throws TandemError 'files/disk-full' | 'files/write-failed'
 */
export async function writeReportFiles(path: string, report: Report, data: object): Promise<string[]> {
  const stem = path.replace(/\.html$/, '');
  const drawn = report.sections.flatMap(section => {
    if (section.kind !== 'lineChart' && section.kind !== 'barChart' && section.kind !== 'intervalChart') return [];
    const svg = chartFile([section]);
    return svg === undefined ? [] : [[`${stem}.${fileName(section)}.svg`, svg] as const];
  });
  const files = [
    [`${stem}.json`, `${JSON.stringify(data, null, 2)}\n`] as const,
    ...drawn,
    // last, so that the page stands for a whole report
    [path, renderReport(report)] as const,
  ];
  for (const [name, content] of files) await writeWhole(name, content);
  return files.map(([name]) => name).reverse();
}

/** A title as a part of a file name: `Fusion weights by words` -> `fusion-weights-by-words`. */
const fileName = ({ title }: ChartSection): string =>
  title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');
