import type { ColumnTypes } from '../../src/config/mapping.js';
import { jsonFault, withoutNulls } from '../../src/config/rows.js';
import { parseExactJson } from '../../src/text/exact-json.js';
import { type JsonLayout, splitJson } from './json-values.js';
import { readLines } from './lines.js';
import { faultOf, type SourcedRow } from './parse-row.js';
import type { RawRow, RowFault, TableOptions } from './raw-row.js';
import { rowsWithin } from './rows-within.js';
import { readText } from './text.js';
import { typeRow } from './type-row.js';

/**
 * Rows of a JSON Lines file, streamed. Blank lines and rows of nulls are passed over; null is an absent value; whole numbers beyond 2^53 become text.
 * @throws TandemError 'data/malformed-row' with the line, and as `readLines`
 */
export async function* readJsonLines(path: string, options: TableOptions): AsyncGenerator<SourcedRow<RawRow>> {
  const parse = rowParser(path, options);
  for await (const { line, text } of readLines(path, options.onNote)) {
    if (text.trim() === '') continue;
    const row = parse(line, text);
    if (row !== undefined) yield { line, row };
  }
}

/**
 * Rows of a JSON array of objects, or of objects one behind another, laid out as they may be, streamed; rows are counted from 1. One object alone may be an
 * export around its rows (rows-within.ts).
 * @throws TandemError 'data/malformed-row', and as `readText`
 */
export async function* readJsonValues(
  path: string,
  layout: JsonLayout,
  options: TableOptions,
): AsyncGenerator<SourcedRow<RawRow>> {
  const parse = rowParser(path, options);
  let line = 0;
  let first: string | undefined;
  for await (const text of splitJson(path, readText(path, options.onNote), layout)) {
    line++;
    if (line === 1 && layout === 'sequence') {
      first = text;
      continue;
    }
    if (first !== undefined) yield* sourced(1, parse(1, first));
    first = undefined;
    yield* sourced(line, parse(line, text));
  }
  if (first !== undefined) yield* rowsOfOne(path, first, options);
}

function* sourced(line: number, row: RawRow | undefined): Generator<SourcedRow<RawRow>> {
  if (row !== undefined) yield { line, row };
}

/** The rows of one object that is all of a file: those within it, or itself. */
function* rowsOfOne(path: string, text: string, options: TableOptions): Generator<SourcedRow<RawRow>> {
  const { types = {}, onNote } = options;
  const fault = faultOf(path, options);
  // its columns are none of the rows'
  const whole = parseRow(1, text, {}, fault);
  if (whole === undefined) return;
  const within = rowsWithin(whole);
  if (within === undefined) {
    yield* sourced(1, typeRow(whole, 1, types, fault));
    return;
  }
  onNote?.(`the rows are those of ${within.place === '' ? 'its objects' : `"${within.place}"`}`);
  for (const [i, row] of within.rows.entries()) {
    // one of nulls
    if (Object.keys(row).length > 0) yield* sourced(i + 1, typeRow(row, i + 1, types, fault));
  }
}

type RowParser = (line: number, text: string) => RawRow | undefined;

/** @returns a function that gives the row of a JSON text, or tells a fault and gives nothing */
function rowParser(path: string, options: TableOptions): RowParser {
  const fault = faultOf(path, options);
  const types = options.types ?? {};
  return (line, text) => parseRow(line, text, types, fault);
}

function parseRow(
  line: number,
  text: string,
  types: ColumnTypes,
  fault: (fault: RowFault) => void,
): RawRow | undefined {
  let value: unknown;
  try {
    value = parseExactJson(text);
  } catch (error) {
    fault({ line, kind: 'json', text: `not JSON: ${(error as Error).message}` });
    return undefined;
  }
  if (value === null) return undefined;
  if (!isObject(value)) {
    const kind = Array.isArray(value) ? 'array' : typeof value;
    fault({ line, kind: `object: ${kind}`, text: `expected object, received ${kind}` });
    return undefined;
  }
  const unkept = jsonFault(value);
  if (unkept !== undefined) {
    fault({ line, kind: unkept, text: unkept });
    return undefined;
  }
  const present = withoutNulls(value);
  if (present !== value && Object.keys(present).length === 0) return undefined;
  return typeRow(present, line, types, fault);
}

const isObject = (value: unknown): value is RawRow =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
