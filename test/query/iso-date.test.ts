import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDate } from '../../src/query/iso-date.js';

const day = 86_400_000;

describe('parseDate', () => {
  it.each([
    ['1970-01-01', 0],
    ['1970-01-02', day],
    ['1969-12-31', -day],
    ['2000-03-01', 11_017 * day], // 30 years of 365 days, 7 leap days before 2000, and 31 + 29 days
    ['1970-01-01T01:00', 3_600_000],
    ['1970-01-01 01:00', 3_600_000],
    ['1970-01-01T00:00:01.5Z', 1500],
    ['1970-01-01T00:00:01.123999Z', 1123],
    ['1970-01-01T00:00:00,25Z', 250],
    ['1970-01-01T00:30+01:00', -1_800_000],
    ['1970-01-01T00:30-0130', 7_200_000],
    ['1970-01-01T00:00+02', -7_200_000],
    ['0001-01-01', -719_162 * day], // days from 1 January 1 to 1970 in the proleptic Gregorian calendar
  ])('reads %s', (text, milliseconds) => expect(parseDate(text)).toBe(milliseconds));

  it.each([
    '2023-02-29',
    '1900-02-29',
    '2024-13-01',
    '2024-00-01',
    '2024-01-00',
    '2024-01-32',
    '2024-01-01T24:00',
    '2024-01-01T23:60',
    '2024-01-01T23:59:60',
    '2024-01-01T00:00+24:00',
    '2024-01-01T00:00+01:60',
    '2024-01',
    '2024',
    '20240101',
    '2024-1-1',
    ' 2024-01-01',
    '2024-01-01T',
    '2024-01-01T10',
    '2024-01-01Z',
    'now',
    '',
    '1'.repeat(100_000),
  ])('takes %s for no date', text => expect(parseDate(text)).toBeUndefined());

  it('equals Date on what Date writes', () => {
    const bounds = { min: new Date('0000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true };
    fc.assert(
      fc.property(fc.date(bounds), date => {
        expect(parseDate(date.toISOString())).toBe(date.getTime());
        expect(parseDate(date.toISOString().slice(0, 10))).toBe(Math.floor(date.getTime() / day) * day);
      }),
    );
  });
});
