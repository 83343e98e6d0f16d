import { z } from 'zod';

const farthestMs = 8.64e15;
const isoTime =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)(?: ?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?)?$/i;
const numberText = /^-?\d+(?:\.\d+)?$/;

/** A time as people write it: a date of ISO 8601, or a number since 1970 in a unit that the whole column tells. */
export type WrittenTime = Date | number;

/** @returns NaN for text that is neither; a time without a zone is UTC */
function parseTime(text: string): WrittenTime {
  if (numberText.test(text)) return Number(text);
  const found = isoTime.exec(text);
  if (found === null) return Number.NaN;
  const [, day, clock = '00:00', zone = 'Z'] = found;
  // Date would take 30 February for 1 March
  if (!isDay(day)) return Number.NaN;
  return new Date(`${day}T${clock.replace(',', '.')}${zoneOf(zone)}`);
}

function isDay(text: string): boolean {
  const ms = Date.parse(`${text}T00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}

const zoneOf = (zone: string): string => {
  if (/^[a-z]/i.test(zone)) return 'Z';
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  return `${zone[0]}${digits.slice(0, 2)}:${digits.slice(2)}`;
};

/** Numbers up to nanoseconds of this century are times; dates are those of JavaScript. */
const isTime = (time: WrittenTime): boolean =>
  time instanceof Date ? Math.abs(time.getTime()) <= farthestMs : Number.isFinite(time);

const error = 'is no time: expected ISO 8601, such as 2024-05-01T10:00:00Z or 2024-05-01 10:00, or a number since 1970';

export const timeSchema = z.union([
  z.number().refine(isTime, { error }),
  z
    .string()
    .transform(text => parseTime(text.trim()))
    .refine(isTime, { error }),
]);
