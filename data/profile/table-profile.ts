import { seededRandom } from '../../src/math/random.js';
import { murmur3 } from '../../src/text/murmur3.js';
import type { RawRow } from '../sources/raw-row.js';

/** What a column holds: counted over all rows, values from a sample of them. */
export interface ColumnProfile {
  readonly name: string;
  /** rows with a value */
  readonly present: number;
  /** different values; at least so many where not `exact` */
  readonly distinct: number;
  /** whether all values were compared */
  readonly exact: boolean;
  /** the first value that had stood before, with its place in the file */
  readonly firstRepeat?: { readonly value: string; readonly line: number };
  /** values of the sample, in the order of the rows; long ones cut */
  readonly values: readonly unknown[];
}

export interface TableProfile {
  readonly rows: number;
  /** in the order in which they are met */
  readonly columns: readonly ColumnProfile[];
  /** rows of the sample, in the order of the file */
  readonly sample: readonly RawRow[];
}

/** Rows of the sample: shares of a few percent show, and it fits into memory whatever the rows hold. */
const sampleRows = 1_000;
/** Different values that are told apart, of all columns together: 64 bytes each. */
const mostValues = 4_000_000;
/** Characters of a value and entries of a list that are kept in the sample and told apart. */
const longestValue = 2_000;
const longestList = 64;

/** Goes through the rows of a table once; memory is bounded whatever the table's size. @param seed  of the sample */
export async function profileTable(
  rows: AsyncIterable<{ readonly line: number; readonly row: RawRow }>,
  seed = 1,
): Promise<TableProfile> {
  const random = seededRandom(seed);
  const sample: { at: number; row: RawRow }[] = [];
  const columns = new Map<string, Counted>();
  let budget = mostValues;
  let count = 0;
  for await (const { line, row } of rows) {
    // reservoir sampling (Vitter's algorithm R)
    const at = count++;
    const place = at < sampleRows ? at : random.below(count);
    if (place < sampleRows) sample[place] = { at, row: shortened(row) };
    for (const [name, value] of Object.entries(row)) {
      if (isEmpty(value)) continue;
      const column = columns.get(name) ?? startColumn(columns, name);
      budget -= countValue(column, value, line, budget > 0);
    }
  }
  const kept = sample.sort((a, b) => a.at - b.at).map(({ row }) => row);
  // row by row: of thousands of columns a row holds a few
  const values = new Map([...columns.keys()].map(name => [name, [] as unknown[]]));
  for (const row of kept) {
    for (const [name, value] of Object.entries(row)) if (!isEmpty(value)) values.get(name)?.push(value);
  }
  const profiles = [...columns].map(([name, column]) => ({
    name,
    present: column.present,
    distinct: column.hashes.size,
    exact: column.exact,
    firstRepeat: column.firstRepeat,
    values: values.get(name) ?? [],
  }));
  return { rows: count, columns: profiles, sample: kept };
}

/** What counts as no value. */
export const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (typeof value === 'string' && value.trim() === '') ||
  (Array.isArray(value) && value.length === 0);

interface Counted {
  present: number;
  exact: boolean;
  readonly hashes: Set<number>;
  firstRepeat?: { value: string; line: number };
}

function startColumn(columns: Map<string, Counted>, name: string): Counted {
  const column: Counted = { present: 0, exact: true, hashes: new Set() };
  columns.set(name, column);
  return column;
}

/** @returns 1 for a value that is remembered, else 0 */
function countValue(column: Counted, value: unknown, line: number, room: boolean): 0 | 1 {
  column.present++;
  const text = textOf(value).slice(0, longestValue);
  const hash = hashOf(text);
  if (column.hashes.has(hash)) {
    column.firstRepeat ??= { value: text, line };
    return 0;
  }
  column.exact &&= room;
  if (!room) return 0;
  column.hashes.add(hash);
  return 1;
}

/** 53 bits of a text: among 10^6 texts two meet with a chance of 1 in 20,000. */
export const hashOf = (text: string): number => murmur3(text, 1) * 2 ** 21 + (murmur3(text, 2) >>> 11);

/** A value as one text. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

function shortened(row: RawRow): RawRow {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, shortValue(value)]));
}

function shortValue(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, longestValue);
  return Array.isArray(value) ? value.slice(0, longestList).map(shortValue) : value;
}
