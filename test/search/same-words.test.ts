import { describe, expect, it } from 'vitest';
import { shopOf } from './shop.js';

/** Each way finds all, the one that is written so first. */
const words: readonly (readonly [string, ...string[]])[] = [
  ['XXL', '2XL', 'xxl'],
  ['XXXL', '3XL', '3xl'],
  ['XXXXL', '4xl'],
  ['XXS', '2XS'],
  ['Rocky IV', 'Rocky 4'],
  ['Part II', 'Part 2'],
  ['Volume VII', 'Volume 7'],
  ['Henry VIII', 'Henry 8'],
  ['Final Fantasy XVI', 'Final Fantasy 16'],
  ['Louis XIV', 'Louis 14'],
  ['Mark III', 'Mark 3'],
  ['Type XX', 'Type 20'],
  ['colour', 'color', 'Colours'],
  ['watercolour', 'watercolor'],
  ['flavoured', 'flavored'],
  ['neighbourhood', 'neighborhood'],
  ['organiser', 'organizer'],
  ['moisturising', 'moisturizing'],
  ['fibre', 'fiber'],
  ['theatre', 'theater'],
  ['grey', 'gray'],
  ['aluminium', 'aluminum'],
  ['tyres', 'tire'],
  ['jewellery', 'jewelry'],
  ['doughnut', 'donut'],
  ['moulding', 'molding'],
  ['pyjamas', 'pajamas'],
  ['catalogue', 'catalog'],
];

describe('one word that is written in two ways', () => {
  it.each(words.flatMap(ways => ways.map(way => [way, ways] as const)))('%s meets %s', (way, ways) => {
    const titles = ways.map((each, i) => `thing ${each} ${'abc'[i]}k`);
    const shop = shopOf([...titles, 'thing L', 'thing XL', 'Rocky III', 'Part 5', 'four', 'organ', 'hour']);
    const found = shop.find(way).slice(0, ways.length);
    expect([...found].sort()).toEqual([...titles].sort());
  });

  it('is no other word', () => {
    const shop = shopOf(['four pours of an hour', 'noise and precise rise', 'mixed mild civil', 'Rocky', 'XL shirt']);
    for (const text of ['for', 'por', '4', '1000', 'xxl']) expect([text, shop.find(text)]).toEqual([text, []]);
  });
});
