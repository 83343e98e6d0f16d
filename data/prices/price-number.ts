/** The mark before the fraction of a number. */
export type DecimalMark = 'point' | 'comma';

/** A number as somebody wrote it. */
export interface WrittenNumber {
  /** what it is when the point, and when the comma stands before the fraction; the two differ only where it can be read both ways */
  readonly amounts: Readonly<Record<DecimalMark, number>>;
  /** the mark that it shows; undefined where it shows none or could be read both ways */
  readonly decimal?: DecimalMark;
}

const spaces = /[\s\u00a0\u2009\u202f'\u2019]/;

/**
 * Reads a number with marks between thousands or before the fraction: `1234`, `19,90`, `1.234,56`, `1,299.00`, `1 299,00`, `1'299.-`, `199:-`,
 * `1,23,456.00` (lakh). One mark with three digits behind it (`1,234`) can be read both ways.
 * @returns undefined for what is no number, or one whose marks fit neither way
 */
export function readNumber(text: string): WrittenNumber | undefined {
  const found = /^([+\-\u2212]?)(\d(?:[\d.,\s\u00a0\u2009\u202f'\u2019]*\d)?)(?:[.,:][-\u2013\u2014]{1,2})?$/.exec(
    text.trim(),
  );
  if (found === null) return undefined;
  const sign = found[1] === '' || found[1] === '+' ? 1 : -1;
  const unspaced = withoutSpaces(found[2]);
  const read = unspaced === undefined ? undefined : readMarks(unspaced);
  if (read === undefined) return undefined;
  const { point, comma } = read.amounts;
  return { ...read, amounts: { point: sign * point, comma: sign * comma } };
}

/** Drops spaces and apostrophes between thousands. @returns undefined where they stand elsewhere */
function withoutSpaces(digits: string): string | undefined {
  if (!spaces.test(digits)) return digits;
  return /^\d{1,3}(?:[\s\u00a0\u2009\u202f'\u2019]\d{3})+(?:[.,]\d+)?$/.test(digits)
    ? digits.replace(new RegExp(spaces, 'g'), '')
    : undefined;
}

function readMarks(text: string): WrittenNumber | undefined {
  const marks = text.replace(/\d/g, '');
  const last = marks.at(-1);
  if (last === undefined) return same(Number(text));
  if (marks.length === 1) return readOneMark(text, last);
  const other = last === ',' ? '.' : ',';
  if (!marks.includes(other)) {
    // the same mark again and again stands between thousands
    return grouped(text, last) ? same(Number(text.replaceAll(last, '')), last === ',' ? 'point' : 'comma') : undefined;
  }
  const at = text.lastIndexOf(last);
  const [whole, fraction] = [text.slice(0, at), text.slice(at + 1)];
  if (!grouped(whole, other) || fraction === '') return undefined;
  return same(Number(`${whole.replaceAll(other, '')}.${fraction}`), last === ',' ? 'comma' : 'point');
}

function readOneMark(text: string, mark: string): WrittenNumber | undefined {
  const [whole, fraction] = text.split(mark);
  if (fraction === '') return undefined;
  const asFraction = Number(`${whole}.${fraction}`);
  if (!/^[1-9]\d{0,2}$/.test(whole) || fraction.length !== 3) return same(asFraction, mark === ',' ? 'comma' : 'point');
  const asThousands = Number(whole + fraction);
  return {
    amounts: mark === ',' ? { point: asThousands, comma: asFraction } : { point: asFraction, comma: asThousands },
  };
}

/** Thousands, or the lakh and crore of India: three digits last, before them groups of two or of three. */
const grouped = (text: string, mark: string): boolean => {
  const [first, ...groups] = text.split(mark);
  if (groups.length === 0) return /^\d+$/.test(first);
  const between = groups.slice(0, -1);
  const even = [2, 3].some(size => between.every(group => group.length === size));
  return /^\d{1,3}$/.test(first) && even && groups.at(-1)?.length === 3;
};

const same = (amount: number, decimal?: DecimalMark): WrittenNumber => ({
  amounts: { point: amount, comma: amount },
  ...(decimal === undefined ? {} : { decimal }),
});
