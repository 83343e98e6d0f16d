import { describe, expect, it } from 'vitest';
import { timeSchema } from '../../src/config/time.js';

const hour = 3_600_000;
const day = Date.UTC(2024, 4, 1);

describe('a time', () => {
  it.each([
    ['2024-05-01', day],
    ['2024-05-01 10:00', day + 10 * hour],
    ['2024-05-01T10:00:01', day + 10 * hour + 1000],
    ['2024-05-01T10:00:00Z', day + 10 * hour],
    ['2024-05-01t10:00:00z', day + 10 * hour],
    ['2024-05-01 10:00:00+00', day + 10 * hour],
    ['2024-05-01 10:00:00.25-05', day + 15 * hour + 250],
    ['2024-05-01 10:00:00,123456789+0530', day + 4.5 * hour + 123],
    ['2024-05-01 10:00:00 +02:00', day + 8 * hour],
    ['2024-05-01 10:00:00 UTC', day + 10 * hour],
    [' 2024-05-01 10:00 ', day + 10 * hour],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
  ])('reads %s', (text, ms) => {
    expect(timeSchema.parse(text)).toEqual(new Date(ms));
  });

  it('leaves numbers, also written as text, for the column to tell their unit', () => {
    expect([timeSchema.parse(5), timeSchema.parse('1714557600'), timeSchema.parse('-1.5')]).toEqual([
      5, 1714557600, -1.5,
    ]);
  });

  it.each([
    '',
    'soon',
    '05/01/2024',
    '2024-13-01',
    '2023-02-29',
    '2024-05-01 25:00',
    '2024-05-01 10:00 CET',
    '2024-05-01 10:00+25',
    '0x10',
  ])('is not %j', text => {
    expect(timeSchema.safeParse(text).success).toBe(false);
  });
});
