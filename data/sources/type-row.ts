import type { ColumnTypes } from '../../src/config/mapping.js';
import { valueOfType } from './column-types.js';
import type { RawRow, RowFault } from './raw-row.js';
import type { NumberStyle } from './written-number.js';

const noStyles: ReadonlyMap<string, NumberStyle> = new Map();

/**
 * A row whose values are of the types of their columns; one that a column cannot hold is told.
 * @param styles  how the numbers of a column are written, where not as programs do
 * @returns undefined where one was told
 */
export function typeRow(
  row: RawRow,
  line: number,
  types: ColumnTypes,
  fault: (fault: RowFault) => void,
  styles = noStyles,
): RawRow | undefined {
  let fits = true;
  const typed = new Map(Object.entries(row));
  for (const [name, type] of Object.entries(types)) {
    if (!typed.has(name)) continue;
    const found = valueOfType(typed.get(name), type, styles.get(name));
    if ('unfit' in found) {
      fits = false;
      fault({ line, kind: `${name}: ${type}`, text: `${name} ${found.unfit}` });
    } else if (found.value === undefined) typed.delete(name);
    else typed.set(name, found.value);
  }
  return fits ? Object.fromEntries(typed) : undefined;
}
