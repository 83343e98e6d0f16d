import { isLargeInteger } from '../text/exact-number.js';
import { parseDate } from './iso-date.js';

/** A bound of a range: a number, a whole number beyond 2^53 as the text of its digits, or a date or a moment of ISO 8601. */
export type Bound = number | string;

const isLarge = (bound: Bound): bound is string => typeof bound === 'string' && isLargeInteger(bound);

/** What a bound is over; undefined for a text that is neither a large number nor a date. */
export function boundKind(bound: Bound): 'numbers' | 'dates' | undefined {
  if (typeof bound === 'number' || isLarge(bound)) return 'numbers';
  return parseDate(bound) === undefined ? undefined : 'dates';
}

/** Below 0, 0 or above 0; exact also where two numbers have one double. Both of one kind. */
export function compareBounds(a: Bound, b: Bound): number {
  const [x, y] = [placeOf(a), placeOf(b)];
  if (x !== y || !Number.isInteger(x)) return x - y;
  const difference = BigInt(isLarge(a) ? a : x) - BigInt(isLarge(b) ? b : y);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The place of a bound among its like, as a double. */
const placeOf = (bound: Bound): number =>
  typeof bound === 'number' || isLarge(bound) ? Number(bound) : (parseDate(bound) ?? Number.NaN);
