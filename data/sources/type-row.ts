import type { ColumnTypes } from '../../src/config/mapping.js';
import type { RawRow, RowFault } from './raw-row.js';
import { valueOfType } from './typed-value.js';
import type { NumberStyle } from './written-number.js';

const noStyles: ReadonlyMap<string, NumberStyle> = new Map();
const noneMixed: ReadonlySet<string> = new Set();

/**
 * A row whose values are of the types of their columns, without columns that have no name; one that a column cannot hold is told.
 * @param styles  how the numbers of a column are written, where not as programs do
 * @param mixed  columns in which what does not fit stays as it is
 * @returns undefined where one was told
 */
export function typeRow(
  row: RawRow,
  line: number,
  types: ColumnTypes,
  fault: (fault: RowFault) => void,
  styles = noStyles,
  mixed = noneMixed,
): RawRow | undefined {
  let fits = true;
  const typed = new Map(Object.entries(row).filter(([name]) => name.trim() !== ''));
  for (const [name, type] of Object.entries(types)) {
    if (!typed.has(name)) continue;
    const found = valueOfType(typed.get(name), type, styles.get(name));
    if ('unfit' in found) {
      if (mixed.has(name)) continue;
      fits = false;
      fault({ line, kind: `${name}: ${type}`, text: `${name} ${found.unfit}` });
    } else if (found.value === undefined) typed.delete(name);
    else typed.set(name, found.value);
  }
  return fits ? Object.fromEntries(typed) : undefined;
}
