import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExactJson, quoteLargeIntegers } from '../../src/text/exact-json.js';

describe('parseExactJson', () => {
  it.each([
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', '9007199254740992'],
    ['9007199254740993', '9007199254740993'],
    ['-9007199254740993', '-9007199254740993'],
    ['[1789012345678901234,1]', ['1789012345678901234', 1]],
    ['{"a":{"b":12345678901234567890}}', { a: { b: '12345678901234567890' } }],
    ['"12345678901234567890"', '12345678901234567890'],
    ['"a \\" 12345678901234567890, \\\\"', 'a " 12345678901234567890, \\'],
    ['["\\\\",12345678901234567890]', ['\\', '12345678901234567890']],
    ['0.12345678901234567890', 0.12345678901234568],
    ['12345678901234567890.5', '12345678901234567890.5'],
    ['9007199254740993.0', '9007199254740993'],
    ['9007199254740991.0', 9007199254740991],
    ['9.007199254740993e15', '9007199254740993'],
    ['1234567890123456789e3', '1234567890123456789000'],
    ['1.8446744073709552e+19', 18446744073709552000],
    ['[1e20, 1E23, -1e300]', [1e20, 1e23, -1e300]],
    ['{"a":1e400}', { a: Number.POSITIVE_INFINITY }],
    ['1e-400', 0],
    ['"half a pair \ud800 1234567890123456789"', 'half a pair \ud800 1234567890123456789'],
  ])('reads %s', (text, value) => {
    expect(parseExactJson(text)).toEqual(value);
  });

  it.each([
    '{"id":01234567890123456789}',
    '{1234567890123456789:1}',
    '{1234567890123456789 :1}',
    '1234567890123456789 1',
    '1234567890123456789.',
    '"1234567890123456789',
    '-',
  ])('leaves what is no JSON none: %s', text => {
    expect(() => parseExactJson(text)).toThrow(SyntaxError);
  });

  it('gives whole numbers of any size back, and everything else as JSON.parse does', () => {
    const leaf = fc.oneof(
      fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map(value => ({ big: value })),
      fc.maxSafeInteger(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.string(),
      fc.constant(null),
    );
    type Value = string | number | null | { readonly big: bigint } | readonly Value[];
    const write = (value: Value): string => {
      if (Array.isArray(value)) return `{"k\\\\": [ ${value.map(write).join(' , ')} ]}`;
      return value !== null && typeof value === 'object' && 'big' in value ? String(value.big) : JSON.stringify(value);
    };
    const exact = (digits: string): string | number =>
      /^-?\d+$/.test(digits) && !Number.isSafeInteger(Number(digits)) ? digits : JSON.parse(digits);
    const wanted = (value: Value): unknown => {
      if (Array.isArray(value)) return { 'k\\': value.map(wanted) };
      if (value !== null && typeof value === 'object' && 'big' in value) return exact(String(value.big));
      return typeof value === 'number' ? exact(JSON.stringify(value)) : value;
    };
    const values: fc.Arbitrary<Value> = fc.oneof(leaf, fc.array(fc.oneof(leaf, fc.array(leaf))));
    const holds = (value: Value): void => {
      expect(parseExactJson(write(value))).toEqual(wanted(value));
    };
    fc.assert(fc.property(values, holds));
  });

  it('looks at no text without a long number', () => {
    expect(quoteLargeIntegers('{"a": 123456789012345}')).toBe('{"a": 123456789012345}');
  });
});
