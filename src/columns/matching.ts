import { TandemError } from '../errors/tandem-error.js';
import { type BitSet, createBitSet, fullBitSet, subtract, unite } from '../math/bit-set.js';
import { parseDate } from '../query/iso-date.js';
import { writtenValue } from '../query/scan-condition.js';
import { type GeoCondition, inBox, nearPoint } from './geo.js';
import type { ReadyClause, ReadyWords } from './ready-filter.js';
import { parsePattern, type TextPattern } from './text-pattern.js';
import { type WordChain, type WordRun, wordRun } from './word-values.js';

/** The values that `terms` asks for, by kind. */
export interface Terms {
  readonly strings: readonly string[];
  readonly numbers: readonly number[];
  readonly booleans: readonly boolean[];
}

/** What columns of either form look up; each adds the documents that it finds. */
export interface ColumnLookup {
  /** in the segment, removed ones too */
  readonly documents: number;
  addExisting(field: string, bits: BitSet): void;
  addTerms(field: string, terms: Terms, bits: BitSet): void;
  /** A text that one of the patterns matches. */
  addLike(field: string, patterns: readonly TextPattern[], bits: BitSet): void;
  /** A text that holds one of the runs of words. @param runs  one or more */
  addWords(field: string, runs: readonly WordRun[], chain: WordChain, bits: BitSet): void;
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
  if ('terms' in clause) columns.addTerms(clause.terms.field, termsOf(clause.terms.values), bits);
  else if ('like' in clause) {
    const { field, values, ignoreCase = false } = clause.like;
    const patterns = values.map(value => parsePattern(value, ignoreCase));
    columns.addLike(field, patterns, bits);
  } else if ('words' in clause) addWords(clause.words, columns, bits);
  else if ('range' in clause) addRange(clause.range, columns, bits);
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
    const written = termsOf(values.map(writtenValue).filter(value => value !== undefined));
    columns.addTerms(field, field === 'id' ? { ...written, strings: values } : written, bits);
    const runs = values.map(value => wordRun(value, chain)).filter(run => run !== undefined);
    if (runs.length > 0) columns.addWords(field, runs, chain, bits);
  }
}

function termsOf(values: readonly (string | number | boolean)[]): Terms {
  return {
    strings: values.filter(value => typeof value === 'string'),
    numbers: values.filter(value => typeof value === 'number'),
    booleans: values.filter(value => typeof value === 'boolean'),
  };
}

/** Dates where a bound is a text, else numbers. */
function addRange(
  { field, min, max }: { field: string; min?: number | string; max?: number | string },
  columns: ColumnLookup,
  bits: BitSet,
): void {
  const kind = typeof min === 'string' || typeof max === 'string' ? 'dates' : 'numbers';
  columns.addRange(field, kind, boundOf(field, min) ?? -Infinity, boundOf(field, max) ?? Infinity, bits);
}

function boundOf(field: string, bound: number | string | undefined): number | undefined {
  if (typeof bound !== 'string') return bound;
  const date = parseDate(bound);
  if (date !== undefined) return date;
  throw new TandemError('search/bad-filter', `range of ${field}: ${JSON.stringify(bound)} is no ISO 8601 date`);
}
