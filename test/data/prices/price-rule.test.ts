import { describe, expect, it } from 'vitest';
import { type PriceEvidence, watchPrices } from '../../../data/prices/price-rule.js';

function evidenceOf(values: readonly unknown[]): PriceEvidence {
  const watch = watchPrices();
  for (const [i, value] of values.entries()) watch.add(value, () => `row ${i + 2}`);
  return watch.evidence();
}

describe('the mark of a column', () => {
  it.each<[string, readonly string[], 'point' | 'comma']>([
    ['most prices show a comma', ['19,90', '5,00', '1.234', '7.50'], 'comma'],
    ['most prices show a point', ['19.90', '5.00', '1,234', '7,50'], 'point'],
    ['points between thousands speak for the comma', ['1.234.567', '1.234'], 'comma'],
    ['nothing is shown: three digits are thousands', ['1,234', '2,500', '900'], 'point'],
    ['nothing is shown: three digits are thousands, with points', ['1.234', '2.500', '900'], 'comma'],
    ['whole numbers alone', ['1', '2'], 'point'],
  ])('%s', (_, values, decimal) => expect(evidenceOf(values).decimal).toBe(decimal));

  it('comes with what was seen', () => {
    const evidence = evidenceOf(['19,90 €', '1.234', '$5', 'n/a', 'per 100 g', 'per kg', undefined, 7]);
    expect(evidence).toMatchObject({ prices: 4, ambiguous: 1, example: '1.234', unreadable: 2 });
    expect(evidence.shown).toEqual({ point: 0, comma: 1 });
    expect(evidence.firstUnreadable).toEqual({ location: 'row 6', text: 'per 100 g' });
    expect([...evidence.currencies]).toEqual([
      ['EUR', 1],
      ['$', 1],
    ]);
  });
});

describe('prices that may stand in cents', () => {
  it.each<[readonly unknown[], boolean]>([
    [[4995, 10995, 595], true],
    [[4995, 10995, 5.5], false],
    [[49, 109, 595], false],
    [['¥4,995', '¥10,995'], false],
    [[], false],
  ])('%j: %s', (values, maybe) => expect(evidenceOf(values).maybeMinor).toBe(maybe));
});
