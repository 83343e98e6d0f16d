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

  it.each([
    ['3/4', '0.75'],
    ['¾', '0.75'],
    ['1-1/2 in. pipe', '1 0.5 inch pipe'],
    ['19/32 board', '0.59375 board'],
    ['1/3 cup', '1/3 cup'],
    ['4:3', '4/3'],
    ['24/7', '24/7'],
  ])('a fraction is its decimal where that has an end, and a ratio one term: %s', (text, expected) =>
    expect(terms(text)).toBe(expected),
  );

  it.each([
    ['36/38', '36 38'],
    ['8/256 GB', '8 256 gb'],
    ['4/64GB', '4 64 gb'],
    ['205/55R16', '205 55 16'],
    ['P205/55 ZR 16', '205 55 16'],
    ['110/80-19', '110 80 19'],
  ])('sizes, memory and tyres are several numbers: %s', (text, expected) => expect(terms(text)).toBe(expected));

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

  it.each([
    ['de', '1,5 l', '1,5l', '1.5 L', '1,5 Liter', '1,50 l', '1,5-l'],
    ['de', '5 m²', '5m2', '5 qm', '5 Quadratmeter', '5,0 m²'],
    ['de', '20 °C', '20°C', '20 ℃', '20 Grad Celsius'],
    ['de', '1.000 W', '1000W', '1000 Watt', "1'000 W"],
    ['de', '55 Zoll', '55"', '55″', '55 ″', '55in'],
    ['fr', '3,5 mm', '3.5mm', '3,5 millimètres', '3,50mm'],
    ['fr', '2 To', '2to', '2 TB', '2,0 To'],
    ['fr', '5 litres', '5l', '5 L.', '5-litres'],
    ['es', '10 pulgadas', '10"', '10 in', '10”'],
    ['es', '2,5 metros', '2.5m', '2,5 m'],
    ['it', '10 metri', '10m', '10 m'],
    ['it', '500 grammi', '500g', '500 g'],
    ['pt', '20 litros', '20l', '20 L'],
    ['pt', '60 polegadas', '60"'],
    ['nl', '100 watt', '100W', '100 w'],
    ['nl', '25 graden Celsius', '25°C', '25 °C'],
    ['sv', '15 tum', '15"'],
    ['pl', '5 litrów', '5l', '5 l'],
    ['tr', '30 santim', '30cm', '30 cm'],
    ['ru', '120 см', '120см', '120cm', '120 сантиметров'],
    ['ru', '100 Вт', '100Вт', '100 W', '100 ватт'],
    ['ru', '1,5 л', '1.5л', '1,5 литра'],
    ['ja', '500ml', '500 ml', '５００ｍｌ', '500ミリリットル'],
    ['ja', '10センチ', '10cm', '10 センチメートル'],
    ['zh', '500毫升', '500ml', '500 毫升'],
    ['zh', '5公斤', '5kg', '5 KG'],
    ['ko', '10센티', '10cm', '10 센티미터'],
    ['ar', '٥ كجم', '5 كجم', '5kg'],
    ['hi', '५ किलो', '5 किलो', '5kg'],
    ['th', '500 มล.', '500มล', '500ml'],
    ['he', '10 ס״מ', '10 ס"מ', '10cm'],
    ['und', '5mm', '5 mm', '5-mm', '5 millimeters'],
  ])('meet in %s: %s', (language, ...ways) => {
    for (const way of ways) expect([way, terms(way, language)]).toEqual([way, terms(ways[0], language)]);
    expect(terms(ways[0], language)).toMatch(/^[\d.]+ \p{L}+( \p{L}+)?$/u);
  });

  it('keeps positions without the x, so that a phrase meets all ways to write it, and the spans of the input', () => {
    const places = (text: string) =>
      createAnalyzer('en')
        .analyze(text)
        .map(({ term, position }) => [term, position]);
    expect(places('9x15')).toEqual([
      ['9', 0],
      ['15', 1],
    ]);
    for (const text of ['9 x 15', '9×15', '9*15', '9 by 15', '9 X 15']) expect(places(text)).toEqual(places('9x15'));
    expect(createAnalyzer('en').analyze('Rug 10x15ft')).toEqual([
      { term: 'rug', position: 0, start: 0, end: 3 },
      { term: '10', position: 1, start: 4, end: 6 },
      { term: '15', position: 2, start: 7, end: 9 },
      { term: 'foot', position: 3, start: 9, end: 11, unit: true },
    ]);
  });

  it.each([
    ['120x60', '120 x 60', '120X60', '120×60', '120 × 60', '120*60', '120 * 60', '120 by 60', '120х60'],
    ['120x60 cm', '120 x 60 cm', '120x60cm', '120 × 60cm', '120 by 60 centimeters', '120*60 cm'],
    ['120 cm x 60 cm', '120cm x 60cm', '120cmx60cm', '120 cm. by 60 cm.', '120-cm x 60-cm'],
    ['9 ft. x 15 ft.', "9' x 15'", '9ft x 15ft', '9 feet by 15 feet', "9'x15'"],
    ['M8 x 20', 'M8x20', 'm8×20', 'M8 X 20', 'M8*20'],
    ['M8x1.25x20mm', 'M8 x 1.25 x 20 mm', 'm8 × 1,25 × 20mm'],
    ['16:9', '16 : 9', '16/9'],
    ['1/2"', '1/2 in', '½"', '½ inch', '1/2-inch', '1/2 in.', '½″', '½”', "½''"],
    ['6\'2"', '6’2”', '6′2″', '6 ft 2 in', '6ft 2in', '6\' 2"'],
    ['3.5mm', '3,5mm', '3.5 mm', '3,5 mm', '3.50 mm', '3.5-mm', '3.5 millimeters'],
    ['1.5l', '1.5 L', '1,5 l', '1.5 liters', '1.5 litre', '1.5-liter'],
    ['100W', '100 W', '100 watt', '100 watts', '100-watt', '100w'],
    ['2 TB', '2TB', '2tb', '2 terabytes'],
    ['5 ml', '5ml', '5 ML', '5 millilitres', '5.0 ml'],
    ['2700K', '2700 K', '2700 kelvin'],
    ['20°C', '20 °C', '20 ° C', '20 degrees Celsius', '20 celsius', '20℃', '20 degrees C'],
    ['70°F', '70 °F', '70 degrees Fahrenheit'],
    ['5 sq. ft.', '5 square feet', '5 sqft', '5 ft²', '5ft2', '5 sq ft'],
    ['3 cu. ft.', '3 cubic feet', '3 cuft', '3ft³'],
    ['50%', '50 %', '50 percent', '50pct'],
    ['1,000 W', '1000 W', "1'000 W", '1 000 W', '1000 watts'],
    ['10,000 mAh', '10000mAh', '10 000 mAh', '10000 mah'],
    ['.5 in', '0.5 in', '0.5"', '.5"', '0.50 inches'],
    ['2 x 500 ml', '2x500ml', '2x 500ml', '2 × 500 ml'],
    ['5 µm', '5μm', '5 microns', '5um'],
    ['10 in', '10"', '10”', '10“', '10″', '10ʺ', '10˝', "10''", '10’’', '10´´', '10〃', '10 inches', '10-in.'],
  ])('is one measure in English: %s', (...ways) => {
    for (const way of ways) expect([way, terms(way)]).toEqual([way, terms(ways[0])]);
    expect(terms(ways[0])).toMatch(/^[\p{L}\d./ ]+$/u);
  });

  it.each([
    ['1,234,567', '1234567', 'en'],
    ['1.234.567,5', '1234567.5', 'en'],
    ['1,234.5', '1234.5', 'de'],
    ['1.234', '1234', 'de'],
    ['1.234', '1.234', 'en'],
    ['1,234', '1234', 'en'],
    ['1,234', '1.234', 'de'],
    ['0,250', '0.250', 'en'],
    ['12,5', '12.5', 'en'],
    ['1.2.3', '1.2.3', 'en'],
    ['10 000 000', '10000000', 'en'],
  ])('writes the number %s as %s in %s', (text, number, language) => expect(terms(text, language)).toBe(number));

  it.each([
    ['2-in-1', '2 in 1'],
    ['3 in 1', '3 in 1'],
    ['24 W x 36 H', '24 w 36 h'],
    ['4K TV', '4k tv'],
    ['iPhone 5s', 'iphon 5s'],
    ['by 5', 'by 5'],
    ['10:20:30', '10 20 30'],
    ['size 5 "big"', 'size 5 big'],
    ['"5" \'5\' “5” „5“', '5 5 5 5'],
    ['x 5', 'x 5'],
  ])('takes no unit and no x out of %s', (text, expected) => expect(terms(text)).toBe(expected));

  it('takes no beginning of a number with dots that is its first number', () => {
    const [first] = createAnalyzer('en').analyze('10.00.2024');
    expect([first.term, first.parts?.map(({ term }) => term)]).toEqual(['10', ['-10002024']]);
  });

  it('keeps the first analysis for what was made with it', () => {
    const first = (text: string, language = 'en'): string =>
      createAnalyzer(language, { analysis: 1 })
        .analyze(text)
        .map(({ term }) => term)
        .join(' ');
    expect(first('9x15ft 3.5mm 36"')).toBe('9 15 foot 3.5mm 36 inch');
    expect(first('5gal 36"', 'de')).toBe('5gal 36');
  });

  it('stands among the steps, behind the words', () => {
    const steps = createAnalyzer('en').steps('9x15ft');
    expect(steps.slice(1, 3).map(({ name, tokens }) => [name, tokens.map(({ term }) => term)])).toEqual([
      ['words', ['9x15ft']],
      ['measures', ['9', '15', 'foot']],
    ]);
  });

  // 0x10 is a number of a machine
  it('meets itself however a dimension is written, for any two numbers', () => {
    const value = fc.integer({ min: 1, max: 999 }).map(String);
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
