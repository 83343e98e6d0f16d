import { z } from 'zod';
import { idSchema, trimId } from '../../src/config/id.js';
import { withoutNulls } from '../../src/config/rows.js';
import { exactNumber } from '../../src/text/exact-number.js';
import type { RowSchema } from './parse-row.js';
import type { RawRow, RowFault } from './raw-row.js';

/** Fits the rows of one file to a schema. */
export interface FitRow {
  row(line: number, row: RawRow): RawRow;
  /** what was altered, in sentences for people */
  notes(): string[];
}

/**
 * Cells of a table are text: those of the schema's numbers and lists (a JSON array, or parts divided by `|`) are turned into these, and white
 * space around ids is taken off. Text that is no number is left for the schema to refuse.
 * @param fault  called for a list that is no JSON
 */
export function createFitRow(schema: RowSchema, fault: (fault: RowFault) => void): FitRow {
  const trimmed = new Map<string, { rows: number; readonly first: number }>();
  const fitCell = (line: number, name: string, cell: string): unknown => {
    const field: unknown = schema.shape[name];
    const type = field instanceof z.ZodOptional ? field.unwrap() : field;
    if (type === idSchema) return fitId(line, name, cell);
    if (type instanceof z.ZodNumber)
      return cell.trim() !== '' && Number.isFinite(Number(cell)) ? exactNumber(cell) : cell;
    return type instanceof z.ZodArray ? fitList(line, name, cell) : cell;
  };
  const fitId = (line: number, name: string, cell: string): string => {
    const id = trimId(cell);
    // white space alone is no id: the schema says so
    if (id === cell || id === '') return cell;
    const count = trimmed.get(name);
    if (count === undefined) trimmed.set(name, { rows: 1, first: line });
    else count.rows++;
    return id;
  };
  const fitList = (line: number, name: string, cell: string): unknown => {
    if (!cell.startsWith('[')) return cell.split('|').map(part => part.trim());
    try {
      return withoutNulls(JSON.parse(cell));
    } catch (error) {
      fault({ line, kind: `${name}: list`, text: `${name}: not a JSON array: ${(error as Error).message}` });
      return [];
    }
  };
  return {
    row: (line, row) => {
      const fitted = Object.entries(row).map(([name, value]) => [
        name,
        typeof value === 'string' ? fitCell(line, name, value) : value,
      ]);
      return Object.fromEntries(fitted);
    },
    notes: () =>
      [...trimmed].map(
        ([name, { rows, first }]) =>
          `white space around ${name} was taken off in ${rows} ${rows === 1 ? 'row' : 'rows'} (first row ${first})`,
      ),
  };
}
