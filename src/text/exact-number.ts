const decimal = /^[+-]?(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i;
/** The longest whole number that a double holds has 309 digits. */
const longestWhole = 400;

/**
 * A number in decimal notation: itself where a double holds what was written, as doubles hold fractions. A whole number beyond 2^53, where a double
 * would become its neighbour, is the text of its digits; one with a fraction beyond it is the text as it stands.
 * More than any double is Infinity, and what is no number NaN. With an exponent a number is what programs print of a double, so it stays one wherever the double prints the same (`1e20`, not `9007199254740993e0`).
 */
export function exactNumber(written: string): number | string {
  const value = Number(written);
  if (Math.abs(value) <= Number.MAX_SAFE_INTEGER || !Number.isFinite(value)) return value;
  if (written.length > longestWhole) return written;
  const digits = wholeDigits(written);
  if (digits === undefined) return written;
  return /e/i.test(written) && digits === wholeDigits(String(value)) ? value : digits;
}

/** The digits of a whole number in decimal notation; undefined where it has a fraction, or is written another way. */
function wholeDigits(written: string): string | undefined {
  const found = decimal.exec(written);
  if (found === null) return undefined;
  const [, whole = '', fraction = '', exponent = '0'] = found;
  const point = whole.length + Number(exponent);
  const digits = whole + fraction;
  if (point <= 0 || /[1-9]/.test(digits.slice(point))) return undefined;
  const sign = written.startsWith('-') ? '-' : '';
  return (
    sign +
    digits
      .slice(0, point)
      .padEnd(point, '0')
      .replace(/^0+(?=\d)/, '')
  );
}

/** Whether a text is a whole number beyond 2^53, as exactNumber and exactInteger write one, of at most 256 digits. */
export const isLargeInteger = (text: string): boolean =>
  /^-?[1-9]\d{15,255}$/.test(text) && !Number.isSafeInteger(Number(text));

/** A whole number as documents hold it: beyond 2^53 the text of its digits. */
export const exactInteger = (value: bigint): number | string =>
  BigInt.asIntN(54, value) === value && Number.isSafeInteger(Number(value)) ? Number(value) : String(value);

/** The value with its BigInts as documents hold them, lists and objects walked to a depth that no row and no query has; itself where it has none. */
export function withoutBigInts(value: unknown, depth = 64): unknown {
  if (typeof value === 'bigint') return exactInteger(value);
  if (typeof value !== 'object' || value === null || depth === 0) return value;
  if (Array.isArray(value)) {
    const inner = value.map(each => withoutBigInts(each, depth - 1));
    return inner.every((each, at) => each === value[at]) ? value : inner;
  }
  const entries = Object.entries(value);
  const inner = entries.map(([key, each]): [string, unknown] => [key, withoutBigInts(each, depth - 1)]);
  // every key its own property, also one that has a meaning elsewhere
  return inner.every(([, each], at) => each === entries[at][1]) ? value : Object.fromEntries(inner);
}
