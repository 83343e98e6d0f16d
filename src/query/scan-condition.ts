import { TandemError } from '../errors/tandem-error.js';
import { nextDown, nextUp } from '../math/next-double.js';
import { exactInteger, exactNumber, isLargeInteger } from '../text/exact-number.js';
import { wordEnd } from './characters.js';
import type { FilterClause } from './filter.js';
import { parseDate } from './iso-date.js';
import { limits } from './limits.js';
import { type Quotation, quotationMarks } from './quotations.js';
import { type Bound, boundKind, compareBounds } from './range-bound.js';

/** Something read from a text, and where it ends. */
export interface Read<T> {
  readonly value: T;
  readonly end: number;
}

/** What the reading of a value asks of its surroundings. */
export interface ValueSource {
  readonly text: string;
  quotationAt(at: number): Quotation | undefined;
  /** where the word that begins there ends, without the parentheses that close groups */
  coreEnd(at: number): number;
  /** milliseconds since 1970 that `now` stands for */
  readonly now: number;
}

const numberForm = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
/** 12,90 as most of Europe writes it, 1.299,00 and 1,299.00; `1,234` alone may be thousands, and is no number. */
const commaForm = /^([+-]?(?:\d+|\d{1,3}(?:\.\d{3})+)),(\d{1,2})$/;
const groupedForm = /^[+-]?\d{1,3}(?:,\d{3})+\.\d{1,2}$/;
function withPoint(written: string): string {
  if (groupedForm.test(written)) return written.replaceAll(',', '');
  const [, whole, decimals] = commaForm.exec(written) ?? [];
  return whole === undefined ? written : `${whole.replaceAll('.', '')}.${decimals}`;
}
/** Whether a range can begin or end there: a number or a date. */
export const isBound = (written: string): boolean => lowerBound(written, true, 0) !== undefined;
const betweenForm = new RegExp(
  String.raw`([[{])\s{0,8}([^\s\]}]{1,40})\s{1,8}TO\s{1,8}([^\s\]}]{1,40})\s{0,8}([\]}])${wordEnd}`,
  'y',
);
const comparisonForm = new RegExp(String.raw`([<>]=?)([^\s)]{1,40})${wordEnd}`, 'y');
const dayForm = /^\d{4}-\d\d-\d\d$/;
const day = 86_400_000;

/**
 * `[10 TO 50]`, `{10 TO 50]`, `>=10`, `<5` behind the name of an attribute, over numbers or dates; `*` leaves a bound of the first form open.
 * A bound that is not included becomes the next number, the next millisecond of a date; a day is meant whole.
 * @returns undefined where the text has another form or the bounds are the wrong way round
 */
export function readRange(source: ValueSource, at: number, field: string): Read<FilterClause> | undefined {
  const [between, comparison] = [match(betweenForm, source.text, at), match(comparisonForm, source.text, at)];
  let [min, max]: (Bound | undefined)[] = [];
  let end: number;
  if (between !== null) {
    const [all, open, low, high, close] = between;
    [min, max] = [lowerBound(low, open === '[', source.now), upperBound(high, close === ']', source.now)];
    if ((min === undefined && low !== '*') || (max === undefined && high !== '*')) return undefined;
    end = at + all.length;
  } else if (comparison !== null) {
    const [all, operator, value] = comparison;
    const included = operator.length === 2;
    if (operator.startsWith('>')) min = lowerBound(value, included, source.now);
    else max = upperBound(value, included, source.now);
    end = at + all.length;
  } else return undefined;
  if (!inOrder(min, max)) return undefined;
  const range = { field, ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  return { value: { range }, end };
}

function match(form: RegExp, text: string, at: number): RegExpExecArray | null {
  form.lastIndex = at;
  return form.exec(text);
}

function inOrder(min: Bound | undefined, max: Bound | undefined): boolean {
  if (min === undefined || max === undefined) return min !== max;
  return boundKind(min) === boundKind(max) && compareBounds(min, max) <= 0;
}

function lowerBound(given: string, included: boolean, now: number): Bound | undefined {
  const written = withPoint(given);
  if (numberForm.test(written)) return numberBound(written, included ? undefined : 'up');
  const first = written === 'now' ? now : parseDate(written);
  if (first === undefined) return undefined;
  if (included) return written === 'now' ? moment(now) : written;
  return moment(dayForm.test(written) ? first + day : first + 1);
}

function upperBound(given: string, included: boolean, now: number): Bound | undefined {
  const written = withPoint(given);
  if (numberForm.test(written)) return numberBound(written, included ? undefined : 'down');
  const first = written === 'now' ? now : parseDate(written);
  if (first === undefined) return undefined;
  if (!included) return moment(first - 1);
  if (dayForm.test(written)) return moment(first + day - 1);
  return written === 'now' ? moment(now) : written;
}

/** @param next  where the number itself does not belong to the range */
function numberBound(written: string, next?: 'up' | 'down'): Bound | undefined {
  const bound = exactNumber(written);
  if (typeof bound === 'number' && !Number.isFinite(bound)) return undefined;
  if (typeof bound === 'string' ? isLargeInteger(bound) : Math.abs(bound) > Number.MAX_SAFE_INTEGER) {
    if (next === undefined) return bound;
    return exactInteger(BigInt(bound) + (next === 'up' ? 1n : -1n));
  }
  if (typeof bound === 'string') return undefined;
  return finite(next === undefined ? bound : next === 'up' ? nextUp(bound) : nextDown(bound));
}

/** 0 for -0: JSON knows no other. */
const finite = (value: number): number | undefined => (Number.isFinite(value) ? value + 0 : undefined);

function moment(milliseconds: number): string | undefined {
  const written = new Date(milliseconds).toISOString();
  return parseDate(written) === undefined ? undefined : written;
}

/** What a condition on texts asks for: words, and patterns for the whole of a text. */
interface Values {
  readonly words: Set<string>;
  readonly patterns: Set<string>;
}

/**
 * `acme`, `acm*`, `"Acme & Co"` or `(acme OR "Acme & Co" 5)`: the words of any of the values, or any of the patterns, whatever their case.
 * @returns undefined where there is none
 */
export function readValues(source: ValueSource, at: number, field: string): Read<FilterClause> | undefined {
  const list = source.text[at] === '(' ? readList(source, at + 1) : undefined;
  const found = list ?? readOne(source, at);
  if (found === undefined) return undefined;
  const [words, patterns] = [[...found.value.words], [...found.value.patterns]];
  if (words.length + patterns.length === 0) return undefined;
  const refuseMore = (values: readonly string[], most: number, what: string): void => {
    if (values.length > most) throw new TandemError('search/bad-query', `${field}: at most ${most} ${what}`);
  };
  refuseMore(words, limits.values, 'values');
  refuseMore(patterns, limits.patterns, 'patterns');
  const clauses: FilterClause[] = [];
  if (words.length > 0) clauses.push({ words: { field, values: words } });
  if (patterns.length > 0) clauses.push({ like: { field, values: patterns, ignoreCase: true } });
  return { value: clauses.length === 1 ? clauses[0] : { any: clauses }, end: found.end };
}

const noValues = (): Values => ({ words: new Set(), patterns: new Set() });

/** A `*` between digits is a sign of multiplication. */
const patternSign = /(?<!\d)\*|\*(?!\d)|\?/;

export const isPattern = (written: string): boolean =>
  escaped(written).length <= limits.comparedUnits && patternSign.test(written) && /[\p{L}\p{N}]/u.test(written);

/** In what people type nothing is escaped. */
const escaped = (written: string): string => written.replaceAll('\\', '\\\\');

function addValue({ words, patterns }: Values, written: string): void {
  if (isPattern(written)) patterns.add(escaped(written));
  else words.add(written);
}

function readOne(source: ValueSource, at: number): Read<Values> | undefined {
  const values = noValues();
  const quotation = source.quotationAt(at);
  if (quotation !== undefined) {
    values.words.add(quotation.text);
    return { value: values, end: quotation.end };
  }
  const end = source.coreEnd(at);
  const written = source.text.slice(skipMarks(source.text, at), end);
  if (!startsValue(written)) return undefined;
  addValue(values, written);
  return { value: values, end };
}

/** A value that stands alone begins with a letter, a sign of a pattern before one, or is a number: the beginning of a range is none. */
export const startsValue = (written: string): boolean =>
  /^(?:[*?]*[\p{L}\p{N}]|[*?]+[-_./]?[\p{L}\p{N}]|[+-]?\.?\d)/u.test(written);

const bareForm = /[^\s()]+/y;

function readList(source: ValueSource, start: number): Read<Values> | undefined {
  const { text } = source;
  const values = noValues();
  for (let at = start; at < text.length; ) {
    if (text[at] === ')') return /[^\s)]/.test(text[at + 1] ?? ' ') ? undefined : { value: values, end: at + 1 };
    const quotation = source.quotationAt(at);
    const bare = match(bareForm, text, at)?.[0];
    if (quotation !== undefined) {
      values.words.add(quotation.text);
      at = quotation.end;
    } else if (bare !== undefined) {
      const value = bare.slice(skipMarks(bare, 0));
      if (bare !== 'OR' && value !== '') addValue(values, value);
      at += bare.length;
    } else if (text[at] === '(') return undefined;
    else at++;
  }
  return undefined;
}

/** Behind the marks of quotations and groups that are not closed: people see results while they type. */
export function skipMarks(text: string, at: number): number {
  let from = at;
  while (text[from] === '(' || quotationMarks.includes(text[from])) from++;
  return from;
}

/** The number or the boolean that a value writes: catalogues write "5" for 5. A whole number beyond 2^53 stays text. */
export function writtenValue(written: string): number | boolean | string | undefined {
  if (written === 'true' || written === 'false') return written === 'true';
  const plain = withPoint(written);
  const number = numberForm.test(plain) ? exactNumber(plain) : Number.NaN;
  return typeof number === 'number' ? finite(number) : isLargeInteger(number) ? number : undefined;
}
