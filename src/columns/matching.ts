import { TandemError } from '../errors/tandem-error.js';
import { type BitSet, createBitSet, fullBitSet, subtract, unite } from '../math/bit-set.js';
import { nextDown, nextUp } from '../math/next-double.js';
import { parseDate } from '../query/iso-date.js';
import { boundKind } from '../query/range-bound.js';
import { writtenValue } from '../query/scan-condition.js';
import { isLargeInteger } from '../text/exact-number.js';
import { type GeoCondition, inBox, nearPoint } from './geo.js';
import { isInexact } from './large-integers.js';
import { matchNested, type Nest } from './nested.js';
import type { ReadyClause, ReadyWords } from './ready-filter.js';
import { parsePattern, type TextPattern } from './text-pattern.js';
import { type WordChain, type WordRun, wordRuns } from './word-values.js';

/** The values that `terms` asks for, by kind. */
export interface Terms {
  readonly strings: readonly string[];
  readonly numbers: readonly number[];
  readonly booleans: readonly boolean[];
}

/** What columns of either form look up; each adds the documents that it finds. */
export interface ColumnLookup {
  /** for conditions on one object */
  readonly nest: Omit<Nest, 'matching' | 'count'>;
  /** in the segment, removed ones too */
  readonly documents: number;
  addExisting(field: string, bits: BitSet): void;
  addTerms(field: string, terms: Terms, bits: BitSet): void;
  /** A text that one of the patterns matches. */
  addLike(field: string, patterns: readonly TextPattern[], bits: BitSet): void;
  /** A text that holds one of the runs of words. @param runs  one or more */
  addWords(field: string, runs: readonly WordRun[], chain: WordChain, bits: BitSet): void;
  /**
   * One of the whole numbers that a document means by a double (large-integers.ts).
   * @param value  one for which `isInexact` holds
   */
  addMeant(field: string, value: number, holds: (meant: bigint) => boolean, bits: BitSet): void;
  /** A value in [min, max]. */
  addRange(field: string, kind: 'numbers' | 'dates', min: number, max: number, bits: BitSet): void;
  addPoints(field: string, condition: GeoCondition, bits: BitSet): void;
}

/** @param match  answers the clauses inside `any` and `not` @throws TandemError 'search/bad-filter' */
export function evaluateClause(
  clause: ReadyClause,
  columns: ColumnLookup,
  match: (inner: ReadyClause) => BitSet,
): BitSet {
  const bits = createBitSet(columns.documents);
  if ('terms' in clause) addTerms(clause.terms.field, clause.terms.values, columns, bits);
  else if ('like' in clause) {
    const { field, values, ignoreCase = false } = clause.like;
    const patterns = values.map(value => parsePattern(value, ignoreCase));
    columns.addLike(field, patterns, bits);
  } else if ('words' in clause) addWords(clause.words, columns, bits);
  else if ('range' in clause) addRange(clause.range, columns, bits);
  else if ('nested' in clause)
    return matchNested(clause.nested, { ...columns.nest, count: columns.documents, matching: match });
  else if ('exists' in clause) columns.addExisting(clause.exists.field, bits);
  else if ('geoDistance' in clause) {
    const { field, lat, lon, within } = clause.geoDistance;
    columns.addPoints(field, nearPoint({ lat, lon }, within), bits);
  } else if ('geoBox' in clause) {
    const { field, north, south, east, west } = clause.geoBox;
    columns.addPoints(field, inBox(north, south, east, west), bits);
  } else if ('any' in clause) for (const inner of clause.any) unite(bits, match(inner));
  else {
    const all = fullBitSet(columns.documents);
    subtract(all, match(clause.not));
    return all;
  }
  return bits;
}

/** By their words, and the numbers and booleans that the values write; of an id, which is one word, by all of it. */
function addWords({ field, byChain }: ReadyWords, columns: ColumnLookup, bits: BitSet): void {
  for (const { chain, values } of byChain) {
    const written = values.map(writtenValue).filter(value => value !== undefined);
    addTerms(field, field === 'id' ? values : written, columns, bits);
    const runs = wordRuns(values, chain);
    if (runs.length > 0) columns.addWords(field, runs, chain, bits);
  }
}

type Value = string | number | boolean;

function addTerms(field: string, values: readonly Value[], columns: ColumnLookup, bits: BitSet): void {
  columns.addTerms(field, termsOf(values.filter(value => typeof value !== 'number' || !isInexact(value))), bits);
  for (const value of values) {
    if (typeof value === 'boolean' || !(typeof value === 'number' ? isInexact(value) : isLargeInteger(value))) continue;
    const wanted = BigInt(value);
    columns.addMeant(field, Number(value), meant => meant === wanted, bits);
  }
}

function termsOf(values: readonly Value[]): Terms {
  return {
    strings: values.filter(value => typeof value === 'string'),
    numbers: values.filter(value => typeof value === 'number'),
    booleans: values.filter(value => typeof value === 'boolean'),
  };
}

/** Over dates where a bound is one, else over numbers. */
function addRange(
  { field, min, max }: { field: string; min?: number | string; max?: number | string },
  columns: ColumnLookup,
  bits: BitSet,
): void {
  const kind = boundKind(min ?? max ?? 0) === 'numbers' ? 'numbers' : 'dates';
  const [low, high] = [boundOf(field, min) ?? -Infinity, boundOf(field, max) ?? Infinity];
  if (kind === 'numbers' && (isInexact(low) || isInexact(high))) addLarge(field, { min, max }, columns, bits);
  else columns.addRange(field, kind, low, high, bits);
}

/** Of a double that lies between those of the bounds the number does too; of one that equals a bound's the digits decide. */
function addLarge(
  field: string,
  { min = -Infinity, max = Infinity }: { min?: number | string; max?: number | string },
  columns: ColumnLookup,
  bits: BitSet,
): void {
  const [low, high] = [Number(min), Number(max)];
  columns.addRange(field, 'numbers', isInexact(low) ? nextUp(low) : low, isInexact(high) ? nextDown(high) : high, bits);
  const holds = (meant: bigint): boolean =>
    (!isInexact(low) || meant >= BigInt(min)) && (!isInexact(high) || meant <= BigInt(max));
  for (const value of new Set([low, high].filter(isInexact))) columns.addMeant(field, value, holds, bits);
}

function boundOf(field: string, bound: number | string | undefined): number | undefined {
  if (typeof bound !== 'string') return bound;
  if (isLargeInteger(bound)) return Number(bound);
  const date = parseDate(bound);
  if (date !== undefined) return date;
  throw new TandemError('search/bad-filter', `range of ${field}: ${JSON.stringify(bound)} is no ISO 8601 date`);
}
