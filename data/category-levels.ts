import type { RawRow } from './sources/raw-row.js';

/** What stands between the parts of a way down: `Garden > Hoses`, `Garden » Hoses`. */
const between = /\s*[>»›]\s*/;
/** Parts that have a level of their own. */
const mostLevels = 10;

/** A way down from the widest category: its parts; one alone where it leads nowhere further. */
const partsOf = (text: string): string[] =>
  text
    .split(between)
    .map(part => part.trim())
    .filter(part => part !== '');

/** Whether a text is a way down of two categories or more. */
export const leadsDown = (text: string): boolean => text.length <= 500 && partsOf(text).length > 1;

/**
 * The categories of a column level by level, each with those above it, as hierarchical menus want them: of `category` *A > B* `category.lvl0` *A* and
 * `category.lvl1` *A > B*. Of several ways each has its own.
 */
export function withLevels(row: RawRow, columns: readonly string[]): RawRow {
  if (columns.length === 0) return row;
  const levels = new Map<string, Set<string>>();
  for (const column of columns) {
    for (const value of [row[column]].flat()) {
      if (typeof value !== 'string') continue;
      const parts = partsOf(value).slice(0, mostLevels);
      parts.forEach((_, level) => {
        const name = `${column}.lvl${level}`;
        levels.set(name, (levels.get(name) ?? new Set()).add(parts.slice(0, level + 1).join(' > ')));
      });
    }
  }
  const found = [...levels].map(([name, values]) => [name, values.size === 1 ? [...values][0] : [...values]] as const);
  // what a file says itself is not written over
  return { ...Object.fromEntries(found), ...row };
}
