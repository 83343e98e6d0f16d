import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAnalyzer } from '../../src/text/analyzer.js';

const terms = (text: string, language = 'en'): string =>
  createAnalyzer(language)
    .analyze(text)
    .map(({ term }) => term)
    .join(' ');

describe('measures', () => {
  it.each([
    ['9x15', '9 15'],
    ['9 x 15', '9 15'],
    ['9X15', '9 15'],
    ['9 × 15', '9 15'],
    ['2x4x8', '2 4 8'],
    ['9 ft. x 15 ft.', '9 foot 15 foot'],
    ['9ft x 15ft', '9 foot 15 foot'],
    ['9x15ft', '9 15 foot'],
    ['96 in. W x 72 in. L', '96 inch w 72 inch l'],
  ])('the numbers of the dimensions %s meet: %s', (text, expected) => expect(terms(text)).toBe(expected));

  it.each(['5gal', '5-gal', '5 gal.', '5 gallon', '5-Gallons'])('%s is 5 gallons', text =>
    expect(terms(text)).toBe('5 gallon'),
  );

  it.each(['36"', "36''", '36″', '36”', '36in', '36 in.', '36-inch', '36 inches'])('%s is 36 inches', text =>
    expect(terms(text)).toBe('36 inch'),
  );

  it.each(["6'", '6′', '6’', '6 feet', '6-foot'])('%s is 6 feet', text => expect(terms(text)).toBe('6 foot'));

  it('a fraction is one term, alone and behind a whole number', () => {
    expect(terms('3/4')).toBe('3/4');
    expect(terms('¾')).toBe('3/4');
    expect(terms('1-1/2 in. pipe')).toBe('1 1/2 inch pipe');
    expect(terms('19/32 board')).toBe('19/32 board');
  });

  it('square and cubic units are those words and the unit', () => {
    expect(terms('500 sq. ft.')).toBe(terms('500 square feet'));
    expect(terms('1.9 cu ft')).toBe(terms('1.9 cubic foot'));
  });

  it.each([
    ['12/31/2019', '12 31 2019'],
    ['the door in oak', 'the door in oak'],
    ['t5 dv7-1211ea 4wd 4x4wd', 't5 dv7 1211ea 4wd 4x4wd'],
    ['model x 5', 'model x 5'],
    ['10x zoom', '10x zoom'],
    ['the "36" of that name', 'the 36 of that name'],
    ['a foot', 'a foot'],
  ])('leaves alone what is no measure: %s', (text, expected) => expect(terms(text)).toBe(expected));

  it('knows units in the language of its table alone; dimensions and fractions everywhere', () => {
    expect(terms('9x15 3/4', 'de')).toBe('9 15 3/4');
    expect(terms('5gal 36"', 'de')).toBe('5gal 36');
  });

  it('keeps positions, so that a phrase meets both ways to write it, and the spans of the input', () => {
    const places = (text: string) =>
      createAnalyzer('en')
        .analyze(text)
        .map(({ term, position }) => [term, position]);
    expect(places('9x15')).toEqual([
      ['9', 0],
      ['15', 2],
    ]);
    expect(places('9 x 15')).toEqual(places('9x15'));
    expect(createAnalyzer('en').analyze('Rug 10x15ft')).toEqual([
      { term: 'rug', position: 0, start: 0, end: 3 },
      { term: '10', position: 1, start: 4, end: 6 },
      { term: '15', position: 3, start: 7, end: 9 },
      { term: 'foot', position: 4, start: 9, end: 11 },
    ]);
  });

  it('stands among the steps, behind the words', () => {
    const steps = createAnalyzer('en').steps('9x15ft');
    expect(steps.slice(1, 3).map(({ name, tokens }) => [name, tokens.map(({ term }) => term)])).toEqual([
      ['words', ['9x15ft']],
      ['measures', ['9', '15', 'foot']],
    ]);
  });

  it('meets itself however a dimension is written, for any two numbers', () => {
    const value = fc.nat(999).map(String);
    const joint = fc.constantFrom('x', ' x ', ' X ', ' × ');
    fc.assert(
      fc.property(value, value, joint, (a, b, x) => {
        expect(terms(`${a}${x}${b}`)).toBe(`${a} ${b}`);
      }),
    );
  });

  it('has no text that hangs it or crosses its spans', () => {
    const piece = fc.constantFrom('1', '23', '4/5', 'x', ' ', '"', "'", '/', '-', 'in', 'ft', '.', ',', 'sq', '¾', '″');
    const analyzer = createAnalyzer('en');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), pieces => {
        const text = pieces.join('');
        const tokens = analyzer.analyze(text);
        tokens.forEach((token, i) => {
          expect(token.end).toBeGreaterThan(token.start);
          expect(token.end).toBeLessThanOrEqual(text.length);
          if (i > 0) expect(token.position).toBeGreaterThan(tokens[i - 1].position);
        });
      }),
      { numRuns: 1000 },
    );
  });
});
