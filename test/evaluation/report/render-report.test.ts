import fc from 'fast-check';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { renderReport } from '../../../src/evaluation/report/render-report.js';
import type { Section } from '../../../src/evaluation/report/sections.js';

const hostile = `<script>alert("1")</script><img src=x onerror='y'>&amp;\u0000`;

/** One section of every kind with the text wherever a text may stand. */
const sectionsWith = (text: string): Section[] => [
  {
    kind: 'table',
    title: text,
    note: text,
    columns: [{ name: text }, { name: text, numeric: true }],
    rows: [[text, { text, note: text, tone: 'best' }]],
  },
  {
    kind: 'lineChart',
    title: text,
    x: { label: text },
    y: { label: text },
    series: [
      {
        name: text,
        points: [
          [0, 1],
          [1, 2],
        ],
      },
      { name: `${text}2`, points: [[0, 2]] },
    ],
    dots: true,
    level: 1,
    chosen: 0.5,
  },
  {
    kind: 'barChart',
    title: text,
    x: { label: text },
    bars: [
      { group: text, series: text, value: 1, low: 0.5, high: 1.5 },
      { group: text, series: `${text}2`, value: 2 },
    ],
  },
  { kind: 'text', title: text, paragraphs: [text] },
  { kind: 'keyValues', title: text, entries: [[text, text]] },
];
const pageOf = (...sections: Section[]): string => renderReport({ title: 'Report', sections });
const bodyOf = (
  page: string,
): {
  querySelectorAll(
    selector: string,
  ): ArrayLike<{ textContent: string | null; getAttribute(name: string): string | null }>;
} => parseHTML(page).document.body;

describe('renderReport', () => {
  it('shows every text as text', () => {
    const page = renderReport({ title: hostile, sections: sectionsWith(hostile) });
    const body = bodyOf(page);
    expect(body.querySelectorAll('script, img, [onerror]')).toHaveLength(0);
    const shown = hostile.replace('\u0000', '\ufffd');
    expect(body.querySelectorAll('h1')[0].textContent).toBe(shown);
    expect(Array.from(body.querySelectorAll('h2'), title => title.textContent)).toEqual(new Array(5).fill(shown));
    expect(body.querySelectorAll('td')[0].textContent).toBe(shown + shown);
    expect(body.querySelectorAll('dd')[0].textContent).toBe(shown);
  });

  it('holds the same elements for any text of one length', () => {
    const count = (text: string): number => bodyOf(pageOf(...sectionsWith(text))).querySelectorAll('*').length;
    const plain = count('plain');
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('<', '>', '"', "'", '&', '/', 'b', '=', '-', '!', '`', '\u0007'),
          minLength: 5,
          maxLength: 5,
        }),
        text => {
          expect(count(text)).toBe(plain);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('asks nothing of the network', () => {
    const page = pageOf(...sectionsWith('x'));
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).not.toMatch(/\b(src|srcset|xlink:href)=|url\(|@import|<link/i);
    expect(Array.from(bodyOf(page).querySelectorAll('[href]'), link => link.getAttribute('href')![0])).toEqual(
      new Array(5).fill('#'),
    );
  });

  it('has a dark side and a size for phones', () => {
    const page = pageOf(...sectionsWith('x'));
    expect(page).toContain('prefers-color-scheme:dark');
    expect(page).toContain('width=device-width');
    expect(bodyOf(page).querySelectorAll('.wide > svg[role=img]')).toHaveLength(2);
    expect(bodyOf(page).querySelectorAll('.narrow > svg[role=img]')).toHaveLength(2);
  });

  it('is the same page for the same report', () => {
    expect(pageOf(...sectionsWith('x'))).toBe(pageOf(...sectionsWith('x')));
  });

  it('a chart without a point that can be drawn says so', () => {
    const x = { label: 'x' };
    const page = pageOf(
      { kind: 'lineChart', title: 'l', x, y: x, series: [{ name: 'a', points: [[1, Number.NaN]] }] },
      {
        kind: 'lineChart',
        title: 'g',
        x: { label: 'x', scale: 'log' },
        y: x,
        series: [{ name: 'a', points: [[0, 1]] }],
      },
      { kind: 'lineChart', title: 'e', x, y: x, series: [] },
      { kind: 'barChart', title: 'b', x, bars: [{ group: 'g', series: 's', value: Number.NaN }] },
    );
    expect(page.match(/No figures to draw/g)).toHaveLength(4);
    expect(page).not.toContain('<svg');
  });

  it('leaves points out that cannot be drawn and keeps the others', () => {
    const points: [number, number][] = [
      [0, 1],
      [1, 1],
      [10, Number.POSITIVE_INFINITY],
      [100, 2],
    ];
    const page = pageOf({
      kind: 'lineChart',
      title: 'l',
      x: { label: 'x', scale: 'log' },
      y: { label: 'y' },
      series: [{ name: 'a', points }],
      dots: true,
    });
    expect(bodyOf(page).querySelectorAll('.wide circle')).toHaveLength(2);
    expect(page).not.toMatch(/NaN|Infinity/);
  });

  it('draws one bar for each series of a group, as long as its value', () => {
    const bars = [
      { group: 'de', series: 'token', value: 1 },
      { group: 'de', series: 'vector', value: 2 },
      { group: 'fr', series: 'token', value: 0.5 },
    ];
    const rects = bodyOf(pageOf({ kind: 'barChart', title: 'b', x: { label: 'x' }, bars })).querySelectorAll(
      '.wide rect',
    );
    const widths = Array.from(rects, rect => Number(rect.getAttribute('width')));
    expect(widths).toHaveLength(3);
    expect(widths[1] / widths[0]).toBeCloseTo(2, 6);
    expect(widths[2] / widths[0]).toBeCloseTo(0.5, 6);
  });
});
