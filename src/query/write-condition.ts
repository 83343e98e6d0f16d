import { nextDown, nextUp } from '../math/next-double.js';
import type { FilterClause } from './filter.js';
import { parseDate } from './iso-date.js';
import { findQuotations } from './quotations.js';
import { startsValue, valuesOf } from './scan-condition.js';

type Terms = Extract<FilterClause, { terms: unknown }>['terms'];
type Range = Extract<FilterClause, { range: unknown }>['range'];

/** A condition as a query string says it. Places have no such form: they are written to be read by people. */
export function writeCondition(clause: FilterClause): string {
  if ('terms' in clause) return writeTerms(clause.terms);
  if ('range' in clause) return writeRange(clause.range);
  if ('exists' in clause) return `_exists_:${clause.exists.field}`;
  if ('any' in clause) return `(${clause.any.map(writeCondition).join(' OR ')})`;
  if ('not' in clause)
    return `-${'not' in clause.not ? `(${writeCondition(clause.not)})` : writeCondition(clause.not)}`;
  const [[kind, { field, ...place }]] = Object.entries(clause);
  return `${field}:${kind}(${Object.entries(place)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')})`;
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

function writeTerms({ field, values }: Terms): string {
  const texts = new Set(values.filter(value => typeof value === 'string'));
  const said = new Set<Terms['values'][number]>();
  const written: string[] = [];
  for (const value of values) {
    if (said.has(value)) continue;
    const form =
      typeof value === 'string' ? value : ([...texts].find(text => valuesOf(text)[0] === value) ?? `${value}`);
    const bare = typeof value !== 'string' || (valuesOf(form).length === 1 && plainValue.test(form) && form !== 'OR');
    written.push(bare ? form : quoteValue(form));
    for (const each of bare ? valuesOf(form) : [form]) said.add(each);
  }
  const isOne = written.length === 1 && (startsValue(written[0]) || findQuotations(written[0])(0) !== undefined);
  return `${field}:${isOne ? written[0] : `(${written.join(' ')})`}`;
}

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
