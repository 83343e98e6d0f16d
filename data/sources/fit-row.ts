import { z } from 'zod';
import { malformedRow, type RowSchema } from './parse-row.js';
import type { RawRow } from './raw-row.js';

/**
 * Cells of a table are text: those of the schema's numbers and lists (a JSON array, or parts divided by `|`) are turned into these.
 * Text that is no number is left for the schema to refuse.
 * @throws TandemError 'data/malformed-row' for a list that is no JSON
 */
export function fitRow(path: string, line: number, row: RawRow, schema: RowSchema): RawRow {
  const fitted = Object.entries(row).map(([name, value]) => [
    name,
    typeof value === 'string' ? fitCell(path, line, name, value, schema.shape[name]) : value,
  ]);
  return Object.fromEntries(fitted);
}

function fitCell(path: string, line: number, name: string, cell: string, type: unknown): unknown {
  const inner = type instanceof z.ZodOptional ? type.unwrap() : type;
  if (inner instanceof z.ZodNumber) return cell.trim() !== '' && Number.isFinite(Number(cell)) ? Number(cell) : cell;
  if (!(inner instanceof z.ZodArray)) return cell;
  if (!cell.startsWith('[')) return cell.split('|').map(part => part.trim());
  try {
    return JSON.parse(cell);
  } catch (error) {
    throw malformedRow(path, line, `${name}: not a JSON array: ${(error as Error).message}`);
  }
}
