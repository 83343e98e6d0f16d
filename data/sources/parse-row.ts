import type { z } from 'zod';
import { TandemError } from '../../src/errors/tandem-error.js';
import type { RowFault, TableOptions } from './raw-row.js';

/** A row and where it stood. */
export interface SourcedRow<T> {
  /** counted from 1: the line of a text file, the row of a table (the header of a CSV file is row 1) */
  readonly line: number;
  readonly row: T;
}

/** Schemas of rows are objects: their keys name the columns of a table. */
export type RowSchema = z.ZodObject;

/** What a count in a file of this name counts. */
export const locationUnit = (path: string): 'line' | 'row' =>
  /\.(csv|tsv|parquet|json|xml)(\.gz)?$/i.test(path) ? 'row' : 'line';

/** "FILE line 17", as errors name a row. */
export const locationOf = (path: string, line: number): string => `${path} ${locationUnit(path)} ${line}`;

/**
 * Checks one row.
 * @throws TandemError 'data/malformed-row', such as `FILE line 17: title: expected string, received undefined`
 */
export function parseRow<S extends RowSchema>(path: string, line: number, value: unknown, schema: S): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw malformedRow(path, line, describeIssue(parsed.error.issues[0]));
}

/** The error of a row that cannot be used. */
export const malformedRow = (path: string, line: number, reason: string): TandemError =>
  new TandemError('data/malformed-row', `${locationOf(path, line)}: ${reason}`, { path, line });

/** What is done with a row that cannot be read. @throws TandemError 'data/malformed-row' where nobody asks for faults */
export const faultOf =
  (path: string, { onFault }: TableOptions) =>
  (fault: RowFault): void => {
    if (onFault === undefined) throw malformedRow(path, fault.line, fault.text);
    onFault(fault);
  };

function describeIssue(issue: z.core.$ZodIssue): string {
  const where = issue.path.length === 0 ? '' : `${issue.path.map(String).join('.')}: `;
  if (issue.code !== 'invalid_union') return where + plainMessage(issue);
  const branches = issue.errors.flatMap(branch => branch.slice(0, 1).map(plainMessage));
  return where + [...new Set(branches)].join(' or ');
}

const plainMessage = (issue: { readonly message: string }): string => issue.message.replace(/^Invalid input: /, '');
