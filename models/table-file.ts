import { TandemError } from '../src/errors/tandem-error.js';
import type { TableName } from './channels.js';
import type { EmbeddingTable } from './embedding-table.js';
import type { NamedArray } from './safetensors.js';

type Tables = Readonly<Partial<Record<TableName, EmbeddingTable>>>;

/**
 * Tables as the arrays of a safetensors file. Rows of zeros, those of buckets that no feature of the corpus fell into, are left out:
 * `NAME` [stored, W], `NAME.rows` int32 [stored], the row numbers ascending, and `NAME.size` int32 [1], the rows of the whole table.
 */
export function packTables(tables: Tables): Record<string, NamedArray> {
  const arrays: Record<string, NamedArray> = {};
  for (const [name, { rows, width, values }] of Object.entries(tables)) {
    const stored: number[] = [];
    for (let row = 0; row < rows; row++) {
      if (values.subarray(row * width, (row + 1) * width).some(value => value !== 0)) stored.push(row);
    }
    arrays[name] = { shape: [stored.length, width], values: packRows(values, width, stored, rows) };
    arrays[`${name}.rows`] = { shape: [stored.length], values: Int32Array.from(stored) };
    arrays[`${name}.size`] = { shape: [1], values: Int32Array.of(rows) };
  }
  return arrays;
}

/** The stored rows together; where all are stored, the table itself, for it may be large. */
function packRows(values: Float32Array, width: number, stored: readonly number[], rows: number): Float32Array {
  if (stored.length === rows) return values;
  const packed = new Float32Array(stored.length * width);
  for (const [slot, row] of stored.entries()) packed.set(values.subarray(row * width, (row + 1) * width), slot * width);
  return packed;
}

/** The tables of packTables, whole again. @throws TandemError 'model/damaged' when the arrays do not fit each other */
export function unpackTables(arrays: Readonly<Record<string, NamedArray>>, path: string): Tables {
  const tables: Partial<Record<TableName, EmbeddingTable>> = {};
  for (const [name, { shape, values }] of Object.entries(arrays)) {
    if (name.endsWith('.rows') || name.endsWith('.size')) continue;
    const [stored, width] = shape;
    const rows = arrays[`${name}.rows`]?.values;
    const size = arrays[`${name}.size`]?.values[0];
    if (
      rows === undefined ||
      size === undefined ||
      rows.length !== stored ||
      rows.some(row => row < 0 || row >= size)
    ) {
      throw new TandemError('model/damaged', `${path}: the rows of the table ${name} do not fit it`, {
        path,
        table: name,
      });
    }
    const whole = new Float32Array(size * width);
    for (const [slot, row] of rows.entries()) whole.set(values.subarray(slot * width, (slot + 1) * width), row * width);
    tables[name as TableName] = { rows: size, width, values: whole };
  }
  return tables;
}
