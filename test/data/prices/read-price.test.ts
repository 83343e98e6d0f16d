import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currencyOf } from '../../../data/prices/currency.js';
import { readNumber } from '../../../data/prices/price-number.js';
import { priceOf, readPrice } from '../../../data/prices/read-price.js';

/** The price by either mark where both agree. */
function plain(value: unknown): unknown {
  const read = readPrice(value);
  if (typeof read === 'string') return read;
  const { point, comma } = read.amounts;
  return point === comma ? [point, read.currency] : { point, comma };
}

describe('a number', () => {
  it.each([
    ['1234', 1234],
    ['19,90', 19.9],
    ['19.9', 19.9],
    ['1.234,56', 1234.56],
    ['1,299.00', 1299],
    ['1 299,00', 1299],
    ['1 299,00', 1299],
    ["1'299.50", 1299.5],
    ['1’299.50', 1299.5],
    ['1.234.567', 1234567],
    ['1,23,456.00', 123456],
    ['12.-', 12],
    ['12,–', 12],
    ['199:-', 199],
    ['0.125', 0.125],
    ['1234,567', 1234.567],
    ['-5', -5],
    ['−5', -5],
  ])('%s', (text, amount) => {
    const { point, comma } = readNumber(text)?.amounts ?? {};
    expect([point, comma]).toEqual([amount, amount]);
  });

  it.each(['1,234', '1.234'])('%s can be read both ways', text => {
    const { amounts, decimal } = readNumber(text) ?? {};
    expect(decimal).toBeUndefined();
    expect([amounts?.point, amounts?.comma].sort()).toEqual([1.234, 1234]);
  });

  it.each(['', 'x', '1.23.4', '12,34,56', '1 2 3', '1,2.3,4', '1,', '.', '1-2', '1e3', '12%'])('not %j', text =>
    expect(readNumber(text)).toBeUndefined(),
  );

  it.each([
    ['19,90', 'comma'],
    ['19.90', 'point'],
    ['1.234.567', 'comma'],
    ['1,234,567', 'point'],
    ['1.234,5', 'comma'],
    ['12', undefined],
  ])('%s shows %s', (text, decimal) => expect(readNumber(text)?.decimal).toBe(decimal));
});

describe('a price', () => {
  it.each<[unknown, unknown]>([
    [19.9, [19.9, undefined]],
    ['€19.90', [19.9, 'EUR']],
    ['19,90 €', [19.9, 'EUR']],
    ['1.234,56 €', [1234.56, 'EUR']],
    ['$1,299.00', [1299, '$']],
    ['US$ 5', [5, 'USD']],
    ['19.90 EUR', [19.9, 'EUR']],
    ['eur 19.90', [19.9, 'EUR']],
    ['CHF 12.-', [12, 'CHF']],
    ['kr. 199,-', [199, 'kr']],
    ['1 234,50 zł', [1234.5, 'PLN']],
    ['３００円', [300, 'JPY']],
    ['19,90 € inkl. MwSt.', [19.9, 'EUR']],
    ['free', [0, undefined]],
    ['ab 19,90 €', [19.9, 'EUR']],
    ['$5 - $10', [5, '$']],
    ['5–9 EUR', [5, 'EUR']],
    [{ EUR: 10 }, [10, 'EUR']],
    [{ EUR: '19,90' }, [19.9, 'EUR']],
    ['{"EUR": 10}', [10, 'EUR']],
    [{ amount: 10, currency: 'EUR' }, [10, 'EUR']],
    [{ amount: '10.00', currency_code: 'EUR' }, [10, 'EUR']],
    [{ price: { value: 5, currency: 'GBP' } }, [5, 'GBP']],
    [{ centAmount: 1990, currencyCode: 'EUR' }, [19.9, 'EUR']],
    [{ centAmount: 1990, currencyCode: 'JPY', fractionDigits: 0 }, [1990, 'JPY']],
    [
      [{ EUR: 10 }, { EUR: 8 }],
      [8, 'EUR'],
    ],
  ])('%j', (value, price) => expect(plain(value)).toEqual(price));

  it.each(['', 'n/a', '-', 'on request', 'Preis auf Anfrage', 'nan', null, undefined, Number.NaN, {}, []])(
    '%j is none',
    value => expect(readPrice(value)).toBe('none'),
  );

  it.each(['12 pack', '2024-05-01', '€19 $20', 'EUR 19.90 USD', 'call me', '{"EUR": ', true, { foo: 1 }, '12%'])(
    '%j cannot be read',
    value => expect(readPrice(value)).toBe('unreadable'),
  );

  it('is divided where it stands in cents, and read by the mark of its column', () => {
    const read = readPrice('€1.234');
    if (typeof read === 'string') throw new Error(read);
    expect(priceOf(read, 'comma')).toEqual({ amount: 1234, currency: 'EUR' });
    expect(priceOf(read, 'point')).toEqual({ amount: 1.234, currency: 'EUR' });
    expect(priceOf(read, 'comma', 100)).toEqual({ amount: 12.34, currency: 'EUR' });
  });

  /** The oracle: how these places write money (CLDR). */
  const locales = [
    'en-US',
    'en-IN',
    'de-DE',
    'de-CH',
    'fr-FR',
    'es-ES',
    'it-IT',
    'nl-NL',
    'pl-PL',
    'cs-CZ',
    'pt-BR',
    'ru-RU',
    'ja-JP',
  ];
  it.each(locales)('is read as %s writes it', locale => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 9 }), fc.constantFrom('EUR', 'CHF', 'GBP'), (cents, currency) => {
        const text = new Intl.NumberFormat(locale, { style: 'currency', currency }).format(cents / 100);
        expect(plain(text)).toEqual([cents / 100, currency]);
      }),
    );
  });

  it('is never misread: whatever is taken for a price holds digits and says a number', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('1', '2', '.', ',', ' ', '€', '-', 'x', "'"), maxLength: 10 }),
        text => {
          const read = readPrice(text);
          if (typeof read === 'string') return;
          expect(Object.values(read.amounts).every(Number.isFinite)).toBe(true);
          expect(text).toMatch(/\d/);
        },
      ),
    );
  });
});

describe('a currency', () => {
  it.each([
    ['€', 'EUR'],
    ['eur', 'EUR'],
    ['kr.', 'kr'],
    ['$', '$'],
    ['R$', 'BRL'],
    ['pcs', undefined],
    ['', undefined],
  ])('%j is %s', (text, code) => expect(currencyOf(text)).toBe(code));
});
