import { describe, expect, it } from 'vitest';
import type { Query } from '../../src/query/query.js';
import { shopOf } from './shop.js';

/** Each way to write a measure finds the titles that hold it, and none of those that only share its unit. */
const families: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['en', ['3.5mm', '3.5 mm', '3,5 mm', '3.5-mm', '3.50 mm'], ['6 mm', '8mm']],
  ['en', ['120x60cm', '120 x 60 cm', '120 × 60 cm', '120*60cm', '120 by 60 cm', '120x60'], ['90 x 45 cm', '30cm']],
  ['de', ['4,0x40', '4.0 x 40', '4x40', '4 x 40 mm', '4,0 × 40,0 mm'], ['4,5x45', '8x60', '14 x 50']],
  ['en', ['5.0 x 60', '5 x 60', '5.0x60mm'], ['6.0 x 70', '50 x 80']],
  ['de', ['3x1,5mm²', '3 x 1,5 mm²', '3x1.5mm2', '3 x 1.5 mm2'], ['5x2,5mm²', '4x2,5 mm²']],
  ['pl', ['1/2 cala', '½ cala', '1/2"', '0,5 cala'], ['3/4 cala', '2 cale']],
  ['en', ['M8x20', 'M8 x 20', 'M8×20', 'm8 X 20'], ['M6 x 30', 'M6x16']],
  ['en', ['1.5L', '1.5 l', '1,5 l', '1.5 liters', '1.5-litre'], ['2 L', '5 liters']],
  ['en', ['1/2"', '1/2 in.', '½"', '1/2-inch', '½ inch'], ['3/4"', '1"']],
  ['en', ['1/2"', '0.5 in', '½ in.', '.5 inch', '0,5"', '0.50 in'], ['0.25 in', '5 in']],
  ['en', ['3/8 in', '0.375"', '⅜ inch', '.375-inch', '3/8″'], ['5/8 in', '3 in', '8 in']],
  ['en', ['1/16"', '0.0625 in', '.0625"'], ['1/8"', '16 in']],
  ['de', ['1/2 Zoll', '0,5 Zoll', '½ Zoll', '0.5"'], ['1/4 Zoll', '5 Zoll']],
  ['en', ['16:9', '16/9', '16 : 9', '16x9', '16 × 9'], ['4:3', '21:9']],
  ['en', ['4:3', '4/3', '4 : 3', '4x3', '4 × 3'], ['16:9', '3:4']],
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

  const mixed: readonly (readonly string[])[] = [
    ['10 1/4"', '10-1/4 in', '10¼"', '10.25 in.', '10 ¼ inch', '10,25"'],
    ['2 1/2 yd', '2.5 yards', '2½ yd', '2-1/2 yards'],
    ['1 3/8 in', '1.375"', '1⅜ inch', '1-3/8″'],
    ['7 5/16"', '7.3125 in', '7-5/16 inch'],
    ['38 1/2', '38.5', '38½', '38,5'],
  ];
  it.each(mixed.flatMap(ways => ways.map(way => [way, ways] as const)))(
    'of a number and a fraction, %s, finds them first',
    (way, ways) => {
      const titles = [
        ...ways.map((each, i) => `thing ${'abcdefgh'[i]}: ${each}`),
        'item 10 in',
        'item 1/4 in',
        'item 38',
        'item 2 yd',
      ];
      const first = shopOf(titles).find(way).slice(0, ways.length);
      expect(first.sort()).toEqual(titles.slice(0, ways.length).sort());
    },
  );

  it.each([
    ['Python 3.11.2', ['3.11', '3.11.2', 'python 3.11', 'v3.11.2'], ['3.1', '3.11.3', '11.2']],
    ['Release 1.4.0', ['1.4', '1.4.0', 'v1.4.0'], ['1', '4.0']],
    ['Gateway at 192.168.10.20', ['192.168.10', '192.168', '192.168.10.20'], ['168.10', '10.20']],
    ['Fault 0x80070005', ['0x80070005', '80070005', '0X80070005'], ['0x80070006', '5', '0']],
    ['Fault 0x8007000E', ['0x8007000e', '8007000E'], ['8007']],
    ['Router at 192.168.100.5', ['192.168.100', '192.168'], ['192', '168.100']],
    ['Release 1.00.5', ['1.00', '1.00.5', 'v1.00'], ['1.0', '0.5']],
    ['Editor 2024.1.3', ['2024.1', '2024.1.3', 'editor 2024.1'], ['2024.3', '2024.13']],
    ['Mail server 15.20.7472.21', ['15.20', '15.20.7472'], ['20.7472.21.15', '7472.15']],
    ['Build 1.2.3rc1', ['1.2.3', '1.2', '1.2.3rc1', 'v1.2.3rc1'], ['1.2.3rc2', '2.3']],
    ['Build v1.2.3rc1', ['1.2.3', 'v1.2', '1.2.3rc1', 'v1.2.3rc1'], ['1.2.3rc2', '2.3']],
    ['OpenSSL 1.0.2k', ['1.0.2', '1.0', '1.0.2k'], ['1.0.2g', '0.2']],
  ])('%s is found by its beginnings', (title, ways, others) => {
    const shop = shopOf([title, 'something else']);
    expect(ways.map(way => shop.read(way)[0])).toEqual(ways.map(() => title));
    expect(others.map(way => shop.read(`+"${way}"`)[0])).toEqual(others.map(() => undefined));
  });

  it.each(['en', 'de', 'und'])('a version is found by each of its beginnings, as they are typed in %s', language => {
    const titles = ['Router at 192.168.100.5', 'Setup v2.100.200.7', 'Chip 10.100.100.20'];
    const shop = shopOf(titles, { language });
    for (const title of titles) {
      const number = title.replace(/^.* /, '');
      const parts = number.split('.');
      const beginnings = parts.slice(1).map((_, more) => parts.slice(0, more + 2).join('.'));
      expect(beginnings.map(each => [each, shop.read(`+"${each}"`)])).toEqual(beginnings.map(each => [each, [title]]));
    }
  });

  it('a number of a machine is found by its first digits', () => {
    const shop = shopOf(['Fault 0x80070005', 'Fault 0x80070057', 'Fault 0x90000000']);
    expect(shop.read('0x8007*').sort()).toEqual(['Fault 0x80070005', 'Fault 0x80070057']);
  });

  it('the number of an article in four groups of digits is a telephone where it is no address of the internet', () => {
    const shop = shopOf(['Call 044.668.18.00']);
    expect(shop.find('0446681800')).toEqual(['Call 044.668.18.00']);
  });

  const tyres: readonly (readonly string[])[] = [
    ['205/55R16', '205/55 R16', '205 55 16', '205/55ZR16', '205-55-16', 'P205/55R16', '205/55/16', '205/55 R 16'],
    ['315/80R22.5', '315/80 R 22.5', '315 80 22,5', '315/80R22,5'],
    ['120/70 ZR17', '120/70-17', '120/70ZR17', '120 70 17'],
    ['LT245/75R17', '245/75R17', '245/75 R17', '245 75 R17'],
  ];
  it.each(tyres.flatMap(ways => ways.map(way => [way, ways] as const)))(
    'of a tyre, %s, finds all of its spellings',
    (way, ways) => {
      const titles = ways.map((each, i) => `tyre ${'abcdefgh'[i]} ${each} summer`);
      const others = [
        'tyre 205/60R16',
        'tyre 195/55R15',
        'tyre 315/70R22.5',
        'tyre 120/60ZR17',
        'tyre 245/70R17',
        'R rated 55',
      ];
      const shop = shopOf([...titles, ...others]);
      expect(shop.find(way).slice(0, ways.length).sort()).toEqual([...titles].sort());
      expect(shop.ask({ bag: { text: way.replace(/^P|^LT/, ''), operator: 'all' } }).sort()).toEqual(
        [...titles].sort(),
      );
    },
  );

  it.each([
    ['jeans 36/38', 'jeans 36', 'Jeans 36/38'],
    ['phone 256gb', 'phone 256 GB', 'Phone 8/256GB'],
    ['phone 8 256', 'phone 8/256', 'Phone 8/256GB'],
    ['tyre 205', 'tyre 55', 'Tyre 205/55'],
  ])('of two sizes is found by each: %s, %s', (one, other, title) => {
    const shop = shopOf([title, 'jeans 40', 'phone 4/64GB', 'tyre 195/65', 'phone']);
    expect([shop.find(one)[0], shop.find(other)[0]]).toEqual([title, title]);
  });

  const same: readonly (readonly [string, readonly string[]])[] = [
    ['75 cl', ['750 ml', '0.75 l', '75cl', '7.5 dl']],
    ['1.25 kg', ['1250 g', '1,250 g', '1.25kg']],
    ['500 mg', ['0.5 g', '.5g', '500mg']],
    ['90 cm', ['0.9 m', '900 mm', '90cm']],
    ['2.5 m', ['250 cm', '2500mm', '2,5 m']],
    ['1 TB', ['1000 GB', '1000gb', '1tb']],
    ['20 Ah', ['20000 mAh', '20,000mAh', '20ah']],
    ['1.5 kW', ['1500 W', '1500 watts', '1.5kw']],
    ['2.4 GHz', ['2400 MHz', '2,4 GHz', '2.4ghz']],
    ['3.8 cm', ['38 mm', '38mm', '.038 m']],
  ];
  it.each(same.flatMap(([title, ways]) => ways.map(way => [way, title] as const)))(
    '%s finds %s in whatever unit',
    (way, title) => {
      const shop = shopOf([
        `thing ${title}`,
        'thing 3 l',
        'thing 4 kg',
        'thing 40 cm',
        'thing 2 TB',
        'thing 5 W',
        'thing 7',
      ]);
      expect(shop.find(`thing ${way}`)[0]).toBe(`thing ${title}`);
      expect(shop.read(`+thing +"${way}"`)).toEqual([`thing ${title}`]);
      expect(shop.read(`thing -"${way}"`)).not.toContain(`thing ${title}`);
      const both = shopOf([`thing ${title}`, `thing ${way}`]);
      expect(both.find(`thing ${way}`)).toHaveLength(2);
    },
  );

  it('in another unit is another number where it is not the same', () => {
    const shop = shopOf(['bottle 75 l', 'bottle 750 l', 'bottle 7.5 ml', 'bottle 1 l']);
    expect(shop.read('+"75 cl"')).toEqual([]);
  });

  const numbers: readonly (readonly [string, readonly string[]])[] = [
    ['Jeans W32 L34', ['jeans 32/34', 'jeans w32l34', 'W32/L34', 'jeans 32x34', 'jeans 32 34', 'w32-l34 jeans']],
    ['Jeans 34/36', ['w34 l36', 'W34L36', '34x36']],
    ['Calendar 2025-01-31', ['31.01.2025', '31/01/2025', 'calendar 31-01-2025', '2025.01.31', '2025/01/31']],
    ['Coin 1.5.1990', ['1/5/1990', '1-5-1990', 'coin 1.5.1990', 'coin 1990']],
    ['Taxi (212) 555-0147', ['212.555.0147', '212-555-0147', '2125550147', '212 555 0147']],
    ['Plumber 01 23 45 67 89', ['01.23.45.67.89', '0123456789', '01-23-45-67-89']],
    ['Card $25', ['$25.00', '25.00 card', '25,00', 'card 25']],
    ['Voucher 1,000.00', ['voucher 1000', '1,000 voucher']],
    ['Firmware 2.4.1', ['2.4.1', 'v2.4.1', 'firmware 2.4.1']],
    ['Server 192.168.0.1', ['192.168.0.1']],
  ];
  const numbered = shopOf([
    ...numbers.map(([title]) => title),
    'Jeans 30',
    'Calendar 2024-02-28',
    'Coin 5.9.1989',
    'Taxi (213) 666-0199',
    'Plumber 09 87',
    'Card $50',
    'Voucher 100',
    'Firmware 2.5',
  ]);
  it.each(numbers.flatMap(([title, ways]) => ways.map(way => [way, title] as const)))('%s is %s', (way, title) =>
    expect(numbered.find(way)[0]).toBe(title),
  );

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
