import type { ColumnTypes } from '../../src/config/mapping.js';

/** A row as it stands in its file, before any schema: column -> value; what is empty or null is absent. */
export type RawRow = Readonly<Record<string, unknown>>;

/** What is wrong with a row. */
export interface RowFault {
  readonly line: number;
  /** faults of one kind are told once, with their number */
  readonly kind: string;
  /** what is wrong, with the value of this row */
  readonly text: string;
}

/** How a file is read, and what is told on the way. */
export interface TableOptions {
  /** types of columns, in place of those that the values of a CSV column tell */
  readonly types?: ColumnTypes;
  /** columns whose cells in CSV stay text, whatever they look like */
  readonly asWritten?: readonly string[];
  /** whether amounts with their currency stay text: who looks at a table wants to see it */
  readonly keepsCurrencies?: boolean;
  /** called once for each column, when it is met: those of CSV and Parquet before the first row, those of JSON as they come */
  readonly onColumn?: (name: string) => void;
  /** called with all columns before the first row where the file names them at once: CSV and Parquet */
  readonly onHeader?: (names: readonly string[]) => void;
  /** one sentence about how the file was read, for the person who brought it */
  readonly onNote?: (note: string) => void;
  /** called for a row that cannot be read, which is then passed over; without it the first one is thrown */
  readonly onFault?: (fault: RowFault) => void;
}
