import type { z } from 'zod';
import { TandemError } from '../../src/errors/tandem-error.js';
import { locationOf } from './parse-row.js';
import type { RawRow, RowFault } from './raw-row.js';

/** Kinds of faults that are told; a file with more has another trouble than single rows. */
const mostKinds = 20;
/** Rows that are read on behind the first fault, to find the others. */
const mostRows = 1_000_000;
const longestValue = 40;
/** Columns that are named. */
const mostColumns = 40;

interface Kind {
  readonly first: RowFault;
  rows: number;
}

/** Gathers what is wrong with the rows of a file. */
export interface RowFaults {
  add(fault: RowFault): void;
  readonly found: boolean;
  /** whether no more need to be looked for */
  enough(rows: number): boolean;
  /**
   * @param rows     that were read
   * @param columns  that were met
   * @param advise   what may help with a field that no column holds; undefined for one that a column holds
   */
  error(rows: number, columns: readonly string[], advise: (field: string) => string | undefined): TandemError;
}

export function createRowFaults(path: string): RowFaults {
  const kinds = new Map<string, Kind>();
  let rowsAtFirst: number | undefined;
  return {
    add: fault => {
      const kind = kinds.get(fault.kind);
      if (kind !== undefined) kind.rows++;
      else kinds.set(fault.kind, { first: fault, rows: 1 });
    },
    get found() {
      return kinds.size > 0;
    },
    enough: rows => {
      if (kinds.size === 0) return false;
      rowsAtFirst ??= rows;
      return kinds.size >= mostKinds || rows - rowsAtFirst >= mostRows;
    },
    error: (rows, columns, advise) => {
      const all = [...kinds.values()];
      const faults = all.map(({ first, rows: count }) => ({ fault: first.text, rows: count, first: first.line }));
      const told = all.map(kind => tell(kind, rows, advise));
      const named = columns.slice(0, mostColumns).join(', ');
      const more = columns.length > mostColumns ? `, and ${columns.length - mostColumns} more` : '';
      const head =
        all.length === 1
          ? `${locationOf(path, all[0].first.line)}: ${told[0]}`
          : `${path}: ${all.length} kinds of faults in ${rows} rows: ${told.join('; ')}`;
      const message = `${head} (columns: ${named}${more})`;
      return new TandemError('data/malformed-row', message, { path, line: all[0].first.line, rows, columns, faults });
    },
  };
}

function tell({ first, rows: count }: Kind, rows: number, advise: (field: string) => string | undefined): string {
  const field = /^(.*): missing$/.exec(first.kind)?.[1];
  const advice = field === undefined ? undefined : advise(field);
  if (advice !== undefined) return `no column ${field}${advice}`;
  const what = first.text;
  if (count === rows) return rows === 1 ? what : `${what} (every row)`;
  return `${what} (${count === 1 ? '1 row' : `${count} rows`}, first row ${first.line})`;
}

/** What is wrong with a row by its schema, each fault with the value that it is about. */
export const faultsOf = (line: number, row: RawRow, error: z.ZodError): RowFault[] =>
  error.issues.map(issue => ({ line, ...describe(issue, row) }));

function describe(issue: z.core.$ZodIssue, row: RawRow): Pick<RowFault, 'kind' | 'text'> {
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.join(', ');
    return { kind: `unknown: ${keys}`, text: `unknown ${issue.keys.length === 1 ? 'column' : 'columns'} ${keys}` };
  }
  const field = issue.path.map(String).join('.');
  const value = valueAt(row, issue.path);
  if (issue.path.length === 1 && value === undefined) return { kind: `${field}: missing`, text: `${field} is missing` };
  const message = messageOf(issue, typeof value);
  const parted = /^(?:is|has) /.test(message) ? ' ' : ': ';
  const text = field === '' ? message : `${field}${shown(value)}${parted}${message}`;
  return { kind: `${field}: ${message}`, text };
}

const valueAt = (row: RawRow, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, key) => (Object(value) as Record<PropertyKey, unknown>)[key], row);

function shown(value: unknown): string {
  if (value === undefined || typeof value === 'object') return '';
  const text = JSON.stringify(value);
  return ` ${text.length > longestValue ? `${text.slice(0, longestValue)}…` : text}`;
}

/** Of a choice of forms, what is wrong with the one that the value is of; else all of them. */
function messageOf(issue: z.core.$ZodIssue, type: string): string {
  if (issue.code !== 'invalid_union') return plain(issue, type);
  const branches = issue.errors.flatMap(branch => branch.slice(0, 1));
  const meant = branches.find(({ code }) => code !== 'invalid_type');
  return meant === undefined
    ? [...new Set(branches.map(branch => plain(branch, type)))].join(' or ')
    : plain(meant, type);
}

function plain(issue: z.core.$ZodIssue, type: string): string {
  if (issue.code === 'invalid_type' && issue.expected === 'number' && type === 'string') return 'is no number';
  return issue.message.replace(/^Invalid input: /, '');
}
