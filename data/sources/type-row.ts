import type { ColumnTypes } from '../../src/config/mapping.js';
import { valueOfType } from './column-types.js';
import type { RawRow, RowFault } from './raw-row.js';

/**
 * A row whose values are of the types of their columns; one that a column cannot hold is told.
 * @returns undefined where one was told
 */
export function typeRow(
  row: RawRow,
  line: number,
  types: ColumnTypes,
  fault: (fault: RowFault) => void,
): RawRow | undefined {
  let fits = true;
  const typed = new Map(Object.entries(row));
  for (const [name, type] of Object.entries(types)) {
    if (!typed.has(name)) continue;
    const found = valueOfType(typed.get(name), type);
    if ('unfit' in found) {
      fits = false;
      fault({ line, kind: `${name}: ${type}`, text: `${name} ${found.unfit}` });
    } else if (found.value === undefined) typed.delete(name);
    else typed.set(name, found.value);
  }
  return fits ? Object.fromEntries(typed) : undefined;
}
