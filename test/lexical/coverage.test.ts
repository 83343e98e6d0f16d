import { describe, expect, it } from 'vitest';
import { createTokenIndex, type TokenIndex } from '../../src/lexical/token-index.js';
import { indexing } from '../search/fixture.js';

const index = createTokenIndex({ ...indexing(), attributeWeight: 0 });
for (const title of ['red lamp', 'red shelf', 'green lamp', 'oak table']) index.add({ id: title, title });
const coverageOf = (text: string, of: TokenIndex = index): number => of.prepare({ text }).coverage();

describe('the coverage of a query', () => {
  it('is 1 where every word stands in some document, be it in none together', () => {
    for (const text of ['red lamp', 'table', 'oak shelf red']) expect(coverageOf(text), text).toBe(1);
  });

  it('is the share of the words that are known, by idf', () => {
    // N = 4: idf = ln(1 + (N - df + .5) / (df + .5)): lamp, df 2, ln 2; leuchte, df 0, ln 10
    expect(coverageOf('lamp leuchte')).toBeCloseTo(Math.log(2) / (Math.log(2) + Math.log(10)), 12);
    expect(coverageOf('lamp stehend leuchte')).toBeCloseTo(Math.log(2) / (Math.log(2) + 2 * Math.log(10)), 12);
  });

  it('does not count a word twice that is joined with its neighbour', () => {
    const joined = createTokenIndex({ ...indexing(), attributeWeight: 0 });
    for (let i = 0; i < 5; i++) joined.add({ id: `${i}`, title: i < 4 ? 'wallpaper' : 'wall paper' });
    expect(
      joined
        .prepare({ text: 'wall paper' })
        .asked()
        .map(({ origin }) => origin),
    ).toContain('joined');
    expect(coverageOf('wall paper', joined)).toBe(1);
    const [wall, unknown] = [joined.prepare({ text: '' }).idf('wall'), joined.prepare({ text: '' }).idf('xyzzy')];
    const paper = joined.prepare({ text: '' }).idf('paper');
    expect(coverageOf('wall paper xyzzy', joined)).toBeCloseTo((wall + paper) / (wall + paper + unknown), 12);
  });

  it('is 1 where there is nothing that could count for less', () => {
    for (const text of ['...', 'leuchte', '']) expect(coverageOf(text), text).toBe(1);
  });
});
