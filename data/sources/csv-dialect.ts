import type { Options } from 'csv-parse/sync';
import { parse } from 'csv-parse/sync';

/** How the cells of a file are parted. */
export interface CsvDialect {
  readonly delimiter: string;
  /** a first line `sep=;`, as Excel writes it, is no header */
  readonly separatorLine: boolean;
  /** whether it parts the header and every row into as many cells */
  readonly parts: boolean;
}

/** In the order of preference where nothing tells them apart. */
const delimiters = ['\t', ';', ',', '|'];

/** Rows of the beginning that are looked at. */
const most = 100;

/** Score of a delimiter that parts all rows alike; other signs add less than 1. */
const allRows = 1000;

/**
 * What all files are read with. Any of the three line breaks ends a row, also mixed in one file. A quote within a cell that does not begin
 * with one is a character like any other (27" monitor).
 */
export const csvOptions = {
  record_delimiter: ['\r\n', '\n', '\r'],
  relax_column_count: true,
  relax_quotes: true,
  skip_empty_lines: true,
} satisfies Options;

/**
 * Finds the delimiter by the rows of the beginning, not by the header alone: the one that parts most of them as often as the header, and of
 * several the one that parts them most often. A delimiter with a space behind it is more likely prose.
 * @param head   the beginning of the text
 * @param whole  whether it is all of the text
 * @returns undefined where there is no row
 */
export function detectDialect(head: string, whole: boolean): CsvDialect | undefined {
  const named = /^\s*sep=(.)(?:\r\n|\n|\r)/i.exec(head);
  if (named !== null) return { delimiter: named[1], separatorLine: true, parts: true };
  let best: { readonly delimiter: string; readonly score: number } | undefined;
  for (const delimiter of delimiters) {
    const score = scoreOf(headRows(head, whole, delimiter));
    if (score !== undefined && (best === undefined || score > best.score)) best = { delimiter, score };
  }
  if (best === undefined) return undefined;
  return {
    delimiter: best.score === 0 ? ',' : best.delimiter,
    separatorLine: false,
    parts: best.score >= allRows,
  };
}

/** @returns 0 for a delimiter that does not part the header; undefined without rows */
function scoreOf(rows: readonly (readonly string[])[]): number | undefined {
  if (rows.length === 0) return undefined;
  const [{ length: width }, ...body] = rows;
  if (width < 2) return 0;
  const equal = rows.filter(row => row.length === width).length / rows.length;
  const prose = rows[0].filter(cell => cell.startsWith(' ')).length / (width - 1);
  // rows that fit count most, then the absence of prose, then the number of columns
  return allRows * (body.length === 0 ? 1 : equal) + (prose === 1 ? 0 : 0.5) + Math.min(width, 100) / 250;
}

/** The rows of a text that was cut; the last one may be cut too, and a quote of another delimiter never closed. */
function headRows(head: string, whole: boolean, delimiter: string): string[][] {
  const rows: string[][] = [];
  const on_record = (row: string[]): null => {
    rows.push(row);
    return null;
  };
  try {
    parse(head, { ...csvOptions, delimiter, to: most, on_record });
  } catch {
    // the rows before are what there is to look at
  }
  return whole || rows.length === most ? rows : rows.slice(0, Math.max(1, rows.length - 1));
}
