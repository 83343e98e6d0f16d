import { nextDown, nextUp } from '../../src/math/next-double.js';
import type { FilterClause, TextCondition } from '../../src/query/filter.js';
import { parseDate } from '../../src/query/iso-date.js';
import { findQuotations } from '../../src/query/quotations.js';
import { isPattern, startsValue } from '../../src/query/scan-condition.js';

type Range = Extract<FilterClause, { range: unknown }>['range'];

/** A condition as a query string says it. Places have no such form: they are written to be read by people. */
export function writeCondition(clause: FilterClause): string {
  // the words of a value are as near to it as a string can come
  if ('terms' in clause) return writeWords(clause.terms.field, clause.terms.values.map(String));
  if ('words' in clause) return writeWords(clause.words.field, clause.words.values);
  if ('like' in clause) return writePatterns(clause.like);
  if ('prefix' in clause)
    return writePatterns({ ...clause.prefix, values: clause.prefix.values.map(value => `${value}*`) });
  if ('range' in clause) return writeRange(clause.range);
  if ('exists' in clause) return `_exists_:${clause.exists.field}`;
  const list = 'any' in clause ? wordsAndPatterns(clause.any) : undefined;
  if (list !== undefined) return list;
  if ('any' in clause) return `(${clause.any.map(writeCondition).join(' OR ')})`;
  if ('not' in clause)
    return `-${'not' in clause.not ? `(${writeCondition(clause.not)})` : writeCondition(clause.not)}`;
  const [[kind, { field, ...place }]] = Object.entries(clause);
  return `${field}:${kind}(${Object.entries(place)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')})`;
}

/** Without their escapes: a string has none. */
const plainPatterns = (values: readonly string[]): string[] => values.map(value => value.replaceAll('\\\\', '\\'));

function writePatterns({ field, values }: TextCondition): string {
  const written = plainPatterns(values);
  return `${field}:${written.length === 1 && startsValue(written[0]) ? written[0] : `(${written.join(' ')})`}`;
}

/** The two clauses that a list of words and patterns is read as. */
function wordsAndPatterns([first, second, ...more]: readonly FilterClause[]): string | undefined {
  if (more.length > 0 || !('words' in first) || second === undefined || !('like' in second)) return undefined;
  if (first.words.field !== second.like.field) return undefined;
  const words = first.words.values.map(writeValue);
  return `${first.words.field}:(${[...words, ...plainPatterns(second.like.values)].join(' ')})`;
}

/** A text between the first kind of marks under which it reads as it is. */
export function quote(text: string): string {
  for (const [open, close] of ['""', '\u201c\u201d', '\u201e\u201c']) {
    const written = `${open}${text}${close}`;
    const read = findQuotations(written)(0);
    if (read?.text === text && read.end === written.length && read.slop === undefined) return written;
  }
  return `"${text}"`;
}

const plainValue = /^[\p{L}\p{N}][^\s()"\u201c-\u201e]*$/u;

function writeWords(field: string, values: readonly string[]): string {
  const written = [...new Set(values)].map(writeValue);
  const isOne = written.length === 1 && (startsValue(written[0]) || findQuotations(written[0])(0) !== undefined);
  return `${field}:${isOne ? written[0] : `(${written.join(' ')})`}`;
}

const writeValue = (value: string): string =>
  plainValue.test(value) && value !== 'OR' && !isPattern(value) ? value : quoteValue(value);

/** What holds no word can not be quoted. */
function quoteValue(value: string): string {
  const quoted = quote(value);
  return findQuotations(quoted)(0) === undefined ? value : quoted;
}

function writeRange({ field, min, max }: Range): string {
  const low = min === undefined ? undefined : writeBound(min, nextDown);
  const high = max === undefined ? undefined : writeBound(endOf(max), nextUp);
  if (low === undefined && high !== undefined) return `${field}:<${high.included ? '=' : ''}${high.value}`;
  if (high === undefined && low !== undefined) return `${field}:>${low.included ? '=' : ''}${low.value}`;
  return `${field}:${low?.included ? '[' : '{'}${low?.value} TO ${high?.value}${high?.included ? ']' : '}'}`;
}

/** A day as an upper bound is its first moment in a tree, and the whole day in a string. */
function endOf(max: number | string): number | string {
  if (typeof max === 'number' || max.length > 10) return max;
  return new Date(parseDate(max) ?? 0).toISOString();
}

/** @param beyond  the next number outwards: where it is the shorter one, the bound was written as not included */
function writeBound(bound: number | string, beyond: (value: number) => number): { value: string; included: boolean } {
  if (typeof bound === 'string') return { value: bound, included: true };
  const next = beyond(bound) + 0;
  const included = !Number.isFinite(next) || `${next}`.length >= `${bound}`.length;
  return { value: `${included ? bound : next}`, included };
}
