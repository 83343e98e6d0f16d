import type { RawRow } from './raw-row.js';

/** Rows that stand within one object, and where: `data.items`. */
export interface RowsWithin {
  readonly place: string;
  readonly rows: readonly RawRow[];
}

/** Objects within one another that are looked into. */
const deepest = 4;

const isObject = (value: unknown): value is RawRow =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const called = /^(?:title|name|label|headline|product_?name|display_?name|titel|nom|titre|nombre|titulo|nome|naam)$/i;

/** Whether something of this name says what a document is called. */
export const saysWhatItIs = (name: string): boolean => called.test(name);

/** Whether an object is a document itself: what is called something stands around no others. */
const isRow = (value: RawRow): boolean =>
  Object.entries(value).some(([name, of]) => typeof of === 'string' && saysWhatItIs(name));

/**
 * The rows of an export that wraps them: the longest list of objects, or objects by their ids (which become `id` where they have none), that stands in an object
 * which is no document itself.
 * @returns undefined where there is none
 */
export function rowsWithin(value: RawRow): RowsWithin | undefined {
  let best: RowsWithin | undefined;
  const offer = (place: string, rows: readonly RawRow[]): void => {
    if (rows.length > (best?.rows.length ?? 0)) best = { place, rows };
  };
  const look = (object: RawRow, place: string, depth: number): void => {
    if (isRow(object)) return;
    const keyed = Object.entries(object);
    if (keyed.length > 1 && keyed.every(([, row]) => isObject(row) && isRow(row)))
      offer(
        place,
        keyed.map(([id, row]) => ({ id, ...(row as RawRow) })),
      );
    for (const [name, within] of keyed) {
      const inside = place === '' ? name : `${place}.${name}`;
      if (Array.isArray(within) && within.length > 0 && within.every(isObject)) offer(inside, within);
      else if (isObject(within) && depth < deepest) look(within, inside, depth + 1);
    }
  };
  look(value, '', 1);
  return best;
}
