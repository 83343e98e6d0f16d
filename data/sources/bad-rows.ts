import type { RawRow, RowFault } from './raw-row.js';

/** A row that cannot be used, and why. */
export interface BadRow {
  readonly path: string;
  /** counted from 1, as SourcedRow counts */
  readonly line: number;
  /** all that is wrong with it */
  readonly reason: string;
  /** as it stands in the file; absent where not even that can be read */
  readonly row?: RawRow;
}

/** Puts the faults of a file together by row, and tells of each row in the order of the file, whenever its faults were found. */
export interface BadRows {
  add(fault: RowFault): void;
  holds(line: number): boolean;
  /** Tells of a row, if there are faults of it. */
  tell(line: number, row: RawRow): void;
  /** Tells of all rows before this one. */
  tellBefore(line: number): void;
}

/** @param onBadRow  without it nothing is kept */
export function gatherBadRows(path: string, onBadRow: ((bad: BadRow) => void) | undefined): BadRows {
  const reasons = new Map<number, string[]>();
  const take = (line: number, row?: RawRow): void => {
    const texts = reasons.get(line);
    reasons.delete(line);
    if (texts !== undefined) onBadRow?.({ path, line, reason: texts.join('; '), ...(row && { row }) });
  };
  return {
    add: ({ line, text }) => {
      if (onBadRow === undefined) return;
      const texts = reasons.get(line);
      if (texts === undefined) reasons.set(line, [text]);
      else texts.push(text);
    },
    holds: line => reasons.has(line),
    tell: take,
    tellBefore: before => {
      if (reasons.size === 0) return;
      const lines = [...reasons.keys()].filter(line => line < before);
      for (const line of lines.sort((a, b) => a - b)) take(line);
    },
  };
}
