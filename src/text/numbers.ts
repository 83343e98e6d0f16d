/** Languages that write a comma before decimals, and a point, if anything, between thousands. */
const decimalComma = new Set(
  'az be bg bs ca cs da de el es et eu fi fr gl hr hu hy id is it ka kk lt lv mk nl no pl pt ro ru sk sl sq sr sv tr uk vi'.split(
    ' ',
  ),
);

const plain = /^\d+$/;
/** Whether a word is a number, as people write one. */
export const isNumber = (word: string): boolean => /^\d+(?:[.,]\d+)*$/.test(word);

/** Thousands by points, and decimals behind a comma; and the other way round. */
const byPoints = /^([1-9]\d{0,2}(?:\.\d{3})+)(?:,(\d+))?$/;
const byCommas = /^([1-9]\d{0,2}(?:,\d{3})+)(?:\.(\d+))?$/;

/**
 * A number in one way to write it: `3,5` is 3.5, `1,000` and `1'000` are 1000, `1.000` is so where the language says it. What could be a list or a
 * version stays as it is.
 */
export function canonicalNumber(word: string, language: string): string {
  if (plain.test(word)) return word;
  if (/^\d{1,3}(?:['’]\d{3})+$/u.test(word)) return word.replace(/['’]/gu, '');
  const [thousands, decimal] = decimalComma.has(language) ? ['.', ','] : [',', '.'];
  const [own, other] = thousands === '.' ? [byPoints, byCommas] : [byCommas, byPoints];
  const grouped = own.exec(word);
  if (grouped !== null) return withDecimals(grouped[1].replaceAll(thousands, ''), grouped[2]);
  // the other way round it can be told from the signs alone: 1.234,5 and 1,234,567
  const foreign = other.exec(word);
  if (foreign !== null && (foreign[2] !== undefined || foreign[1].split(decimal).length > 2))
    return withDecimals(foreign[1].replaceAll(decimal, ''), foreign[2]);
  const decimals = /^(\d+)[.,](\d+)$/.exec(word);
  return decimals === null ? word : withDecimals(decimals[1], decimals[2]);
}

/** A price of no cents is whole: 25.00 is 25. */
const withDecimals = (whole: string, decimals: string | undefined): string =>
  decimals === undefined || decimals === '00' ? whole : `${whole}.${decimals}`;

/** The number of a measure: zeros at its end say nothing. */
export const measuredNumber = (number: string): string =>
  /^\d+\.\d+$/.test(number) ? number.replace(/\.?0+$/, '') : number;
