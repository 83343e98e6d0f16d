import { isLargeInteger } from '../text/exact-number.js';

/**
 * Whole numbers beyond 2^53. A document holds one as the text of its digits, and its columns too; the double that is nearest to it stands among the
 * numbers beside that. Doubles keep the order, so that ranges and sorting look at texts only where two are equal.
 */

/** The nearest double of a text that is such a number; undefined for any other text. */
export const nearestDouble = (text: string): number | undefined => (isLargeInteger(text) ? Number(text) : undefined);

/** Whether a double may stand for several whole numbers. */
export const isInexact = (value: number): boolean =>
  Number.isFinite(value) && Math.abs(value) > Number.MAX_SAFE_INTEGER;

/**
 * The whole numbers that a document means by a double of its columns: those of its texts that are nearest to it, else the double itself.
 * @param value  one for which `isInexact` holds
 * @param texts  of the document under the same path
 */
export function meantBy(value: number, texts: readonly string[]): bigint[] {
  const meant = texts.filter(text => nearestDouble(text) === value);
  return meant.length === 0 ? [BigInt(value)] : meant.map(BigInt);
}

/** Below 0, 0 or above 0. */
export const compareWhole = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
