import { describe, expect, it } from 'vitest';
import type { Query } from '../../src/query/query.js';
import { shopOf } from './shop.js';

/** Each way to write a measure finds the titles that hold it, and none of those that only share its unit. */
const families: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['en', ['3.5mm', '3.5 mm', '3,5 mm', '3.5-mm', '3.50 mm'], ['6 mm', '8mm']],
  ['en', ['120x60cm', '120 x 60 cm', '120 × 60 cm', '120*60cm', '120 by 60 cm', '120x60'], ['90 x 45 cm', '30cm']],
  ['en', ['M8x20', 'M8 x 20', 'M8×20', 'm8 X 20'], ['M6 x 30', 'M6x16']],
  ['en', ['1.5L', '1.5 l', '1,5 l', '1.5 liters', '1.5-litre'], ['2 L', '5 liters']],
  ['en', ['1/2"', '1/2 in.', '½"', '1/2-inch', '½ inch'], ['3/4"', '1"']],
  ['en', ['16:9', '16/9', '16 : 9'], ['4:3', '21:9']],
  ['en', ['100W', '100 watts', '100-watt', '100 w'], ['60W', '40 watts']],
  ['en', ['2 TB', '2tb', '2TB', '2 terabytes'], ['4 TB', '1tb']],
  ['en', ['20°C', '20 °C', '20 degrees Celsius', '20℃'], ['30 °C', '25°C']],
  ['en', ['1,000 lumens', '1000 lm', '1 000 lumens', '1000lm'], ['800 lm', '500 lumens']],
  ['de', ['2,5 m', '2.5m', '2,50 Meter', '2,5m'], ['3 m', '5 Meter']],
  ['de', ['1.500 W', '1500W', '1500 Watt', '1 500 W'], ['900 W', '60W']],
  ['fr', ['75 cl', '75cl', '75 CL', '75-cl'], ['33 cl', '50cl']],
  ['ru', ['120 см', '120см', '120cm'], ['60 см', '90см']],
  ['zh', ['500毫升', '500ml', '500 毫升'], ['250毫升', '1000ml']],
];

describe('a measure', () => {
  for (const [language, ways, others] of families) {
    const titles = [...ways.map((way, i) => `thing ${'abcdefgh'[i]}: ${way}`), ...others.map(other => `item ${other}`)];
    const shop = shopOf(titles, { language });
    it.each(ways)(`finds all ways to write it (${language}): %s`, way => {
      expect(shop.find(way).sort()).toEqual(titles.slice(0, ways.length));
      expect(shop.read(`"${way}"`)).toEqual(expect.arrayContaining([titles[ways.indexOf(way)]]));
    });
  }

  const boxes = shopOf([
    'box 120x60 cm',
    'box 120 cm x 60 cm',
    'box 60 x 120 cm',
    'box 120 l',
    'box 60 cm',
    'lid 120 cm',
  ]);
  const all = (text: string): Query => ({ bag: { text, operator: 'all' } });
  it.each([
    // in either order it is the same size
    ['box NOT 120x60', ['box 120 l', 'box 60 cm']],
    ['box -"120 cm"', ['box 120 l', 'box 120x60 cm', 'box 60 cm']],
    ['box AND 120cm', ['box 120 cm x 60 cm', 'box 60 x 120 cm']],
    ['+box +(60cm)', ['box 120 cm x 60 cm', 'box 120x60 cm', 'box 60 cm']],
  ])('is demanded and excluded whole: %s', (text, titles) => expect(boxes.read(text).sort()).toEqual(titles));

  it('is one word among all', () => {
    expect(boxes.ask(all('box 120 x 60 cm')).sort()).toEqual([
      'box 120 cm x 60 cm',
      'box 120x60 cm',
      'box 60 x 120 cm',
    ]);
    expect(boxes.ask(all('120cm lid'))).toEqual(['lid 120 cm']);
  });

  it('of one figure may be a name', () => {
    const brands = shopOf(['3M tape', 'tape 3 rolls', 'cable 3 m', '5G phone', 'phone 5']);
    expect(brands.find('3M tape')[0]).toBe('3M tape');
    expect(brands.find('5g phone')[0]).toBe('5G phone');
  });
});
