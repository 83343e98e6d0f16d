import { describe, expect, it } from 'vitest';
import { createTimeUnit } from '../../../data/sources/time-unit.js';
import type { WrittenTime } from '../../../src/config/time.js';

/** 2024-05-01T10:00:00Z */
const seconds = 1_714_557_600;

function unitOf(times: readonly WrittenTime[]) {
  const unit = createTimeUnit('log.csv');
  for (const [i, time] of times.entries()) unit.see(i + 2, time);
  return { milliseconds: unit.inMilliseconds(), note: unit.note() };
}

describe('the unit of times', () => {
  it.each([
    ['seconds', 1, 1000],
    ['microseconds', 1e6, 1e-3],
    ['nanoseconds', 1e9, 1e-6],
  ])('is %s where all numbers are times of this century in them', (name, perSecond, milliseconds) => {
    expect(unitOf([seconds * perSecond, new Date(0), (seconds + 1) * perSecond])).toEqual({
      milliseconds,
      note: `log.csv: times read as ${name} since 1970`,
    });
  });

  it('is milliseconds where they are times of this century in them, and where there are none', () => {
    expect(unitOf([seconds * 1000, seconds * 1000 + 1])).toEqual({ milliseconds: 1, note: undefined });
    expect(unitOf([new Date(seconds * 1000)])).toEqual({ milliseconds: 1, note: undefined });
    expect(unitOf([])).toEqual({ milliseconds: 1, note: undefined });
  });

  it('is milliseconds of a clock of its own, also of one that has run for 20 days', () => {
    const days = Array.from({ length: 20 }, (_, day) => day * 86_400_000);
    expect(unitOf(days)).toEqual({ milliseconds: 1, note: undefined });
  });

  it('is not changed by a few broken ones', () => {
    expect(unitOf([...Array.from({ length: 150 }, () => seconds), 0]).milliseconds).toBe(1000);
  });

  it('is refused where there are two, with the rows of both', () => {
    expect(() => unitOf([seconds, seconds, seconds * 1000])).toThrow(
      'log.csv row 4: time: a number of milliseconds, where row 2 has seconds: write one unit',
    );
    expect(() => unitOf([seconds * 1000, seconds])).toThrow(/row 3: time: a number of seconds, where row 2 has milli/);
  });

  it('is refused where a number is no time at all', () => {
    expect(() => unitOf([5, 1e16])).toThrow('log.csv row 3: time 10000000000000000 is no time in milliseconds');
  });
});
