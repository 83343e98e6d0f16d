import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAnalyzer } from '../../src/text/analyzer.js';
import { splitsPair } from '../../src/text/segment.js';
import { analyseStretches, longestStretch, stretchEnd } from '../../src/text/stretches.js';

const textOf = (pieces: readonly string[]) =>
  fc
    .array(fc.constantFrom(...pieces), { minLength: 200, maxLength: 400 })
    .map(found => found.join('').repeat(Math.ceil((3 * longestStretch) / found.join('').length)));

function endsOf(text: string): number[] {
  const ends: number[] = [];
  for (let from = 0; from < text.length; from = ends[ends.length - 1]) ends.push(stretchEnd(text, from));
  return ends;
}

describe('stretchEnd', () => {
  it('goes through any text in steps that are neither empty nor too long, and cuts no character in two', () => {
    fc.assert(
      fc.property(textOf(['a', ' ', '\n', '. ', '\u{20000}', '字', '。', '1 ', 'ก']), text => {
        const ends = endsOf(text);
        ends.forEach((end, i) => {
          const from = ends[i - 1] ?? 0;
          expect(end).toBeGreaterThan(from);
          expect(end - from).toBeLessThanOrEqual(longestStretch);
          expect(splitsPair(text, end)).toBe(false);
        });
        expect(ends.at(-1)).toBe(text.length);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['behind a line', '\n', 'a line of words. And 3.5 mm more '],
    ['behind a sentence', '. ', 'words of a sentence 10 000 '],
    ['behind the end of a sentence without spaces', '。', '中文没有空格'],
    ['between words that are no numbers', 'any ', '3.5 ', 'word '],
    ['between numbers where there is nothing else', ' ', '12345'],
  ])('ends %s', (_name, seam, filling, behind = '') => {
    const fill = filling.repeat(longestStretch);
    const text = fill.slice(0, longestStretch - 200) + seam + behind + fill;
    const end = stretchEnd(text, 0);
    expect(text.slice(0, end).endsWith(seam)).toBe(true);
  });
});

describe('a text of many stretches', () => {
  const analyzer = createAnalyzer('en');
  const line = (i: number): string =>
    `Hose no. ${i}, Wi-Fi café in 3.5 mm x 4 ft. of the ${'very '.repeat(i % 30)}green garden\n`;
  const lines = Array.from({ length: 400 }, (_, i) => line(i));
  const text = lines.join('');

  it('is analysed as its lines are, one behind the other', () => {
    const tokens = analyzer.analyze(text);
    let [from, position] = [0, 0];
    const expected = lines.flatMap(each => {
      // the last word of a line is one, so that its position tells how many there are
      const found = analyzer.analyze(each);
      const moved = found.map(({ term, position: at, start }) => [term, position + at, from + start]);
      from += each.length;
      position += (found.at(-1)?.position ?? 0) + 1;
      return moved;
    });
    expect(text.length).toBeGreaterThan(4 * longestStretch);
    expect(tokens.map(({ term, position: at, start }) => [term, at, start])).toEqual(expected);
    for (const { start, end, parts = [], variants = [] } of tokens)
      for (const part of [...parts, ...variants.flatMap(({ piece }) => piece ?? [])]) {
        expect(part.start).toBeGreaterThanOrEqual(start);
        expect(part.start).toBeLessThanOrEqual(end + 20); // what several words are as one ends behind the first
        expect(text.slice(part.start, part.end).trim()).not.toBe('');
      }
  });

  it('shows the same tokens in its last step, and each step of all stretches', () => {
    const steps = analyzer.steps(text);
    expect(steps.at(-1)?.tokens).toEqual(analyzer.analyze(text));
    expect(steps.map(({ name }) => name)).toEqual([...new Set(steps.map(({ name }) => name))]);
    for (const { tokens } of steps.slice(1)) expect(tokens.at(-1)?.end).toBe(text.length - 1);
  });

  it('holds a number and its unit together', () => {
    const measures = 'screw 3.5 mm '.repeat(2000);
    const found = analyzer.analyze(measures);
    expect(found.filter(({ unit }) => unit)).toHaveLength(2000);
  });

  it('takes work in proportion to its length, stretch by stretch', () => {
    const analysed: number[] = [];
    const work = analyseStretches('x'.repeat(10 * longestStretch), stretch => {
      analysed.push(stretch.length);
      return { tokens: [], words: 1 };
    });
    expect(work.next()).toEqual({ done: false, value: longestStretch });
    expect(analysed).toEqual([longestStretch]);
    for (const units of work) expect(units).toBe(longestStretch);
    expect(analysed).toEqual(Array.from({ length: 10 }, () => longestStretch));
  });
});
