import type { ColumnMapping } from '../src/config/mapping.js';
import { didYouMean, nearest } from '../src/errors/nearest.js';
import { TandemError } from '../src/errors/tandem-error.js';
import type { RawRow } from './sources/raw-row.js';

/**
 * A row in the fields of Tandem: a mapped column takes the name of its field and leaves its own; a column that bears the name of a
 * mapped field gives way. One column may fill several fields.
 */
export function mapRow(row: RawRow, mapping: ColumnMapping): RawRow {
  const fields = Object.entries(mapping);
  if (fields.length === 0) return row;
  const taken = new Set(Object.values(mapping));
  const kept = Object.entries(row).filter(([column]) => !taken.has(column) && !Object.hasOwn(mapping, column));
  const filled = fields.flatMap(([field, column]) => (Object.hasOwn(row, column) ? [[field, row[column]]] : []));
  return Object.fromEntries([...filled, ...kept]);
}

/**
 * @param columns  all columns of the file
 * @throws TandemError 'data/unknown-column' for a mapping that names another one
 */
export function checkMapping(path: string, mapping: ColumnMapping, columns: readonly string[]): void {
  for (const [field, column] of Object.entries(mapping)) {
    checkColumns(path, [column], columns, `${field} is mapped to`);
  }
}

/**
 * @param wanted  columns that somebody named
 * @param why     what for, as in `no column "x", which WHY`
 * @throws TandemError 'data/unknown-column' for one that is not there
 */
export function checkColumns(path: string, wanted: readonly string[], columns: readonly string[], why: string): void {
  const column = wanted.find(name => !columns.includes(name));
  if (column === undefined) return;
  const message = `${path}: has no column "${column}", which ${why}${didYouMean(column, columns)}; its columns: ${columns.join(', ')}`;
  throw new TandemError('data/unknown-column', message, { path, column, columns });
}

/** Names that columns of a field often have, besides its own. */
const usualNames: Readonly<Record<string, readonly string[]>> = {
  id: ['sku', 'productid', 'itemid', 'documentid', 'docid', 'uid', 'asin', 'ean', 'gtin', 'handle', 'artikelnummer'],
  title: ['name', 'productname', 'producttitle', 'itemname', 'headline', 'bezeichnung', 'produktname'],
  text: ['query', 'searchterm', 'question'],
  query: ['searchterm', 'searchquery', 'keyword', 'text', 'search'],
  documentId: ['productid', 'itemid', 'docid', 'sku', 'asin', 'productuid', 'id'],
  session: ['sessionid', 'visitorid', 'visitid', 'userid', 'user'],
  time: ['timestamp', 'eventtime', 'createdat', 'datetime', 'date', 'ts'],
  type: ['event', 'eventtype', 'eventname', 'action'],
};

/** What may hold a field that no column is named after: ` (did you mean --map sku=id?)`, or nothing. */
export function adviseMapping(field: string, columns: readonly string[]): string {
  const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  const wanted = [plain(field), ...(usualNames[field] ?? [])];
  const found = wanted.flatMap(name => columns.filter(column => plain(column) === name))[0] ?? nearest(field, columns);
  return found === undefined ? '' : ` (did you mean --map ${found}=${field}?)`;
}
