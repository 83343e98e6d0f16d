import { basename } from 'node:path';
import { TandemError } from '../../src/errors/tandem-error.js';
import { readTable } from '../sources/source.js';
import { findFiles } from './find-tables.js';
import type { LeftOut } from './left-out.js';
import { type Column, describeColumns } from './propose-columns.js';
import { proposeTable, type TableProposal } from './propose-tables.js';
import { profileTable } from './table-profile.js';

/** A table that was looked at. */
export interface Table {
  readonly path: string;
  readonly bytes: number;
  readonly rows: number;
  readonly columns: readonly Column[];
  readonly proposal: TableProposal;
}

/** What lies at a path: tables, judgements (TREC), and what cannot be used, with the reason. */
export interface Looked {
  readonly tables: readonly Table[];
  readonly judgements: readonly string[];
  readonly leftOut: readonly LeftOut[];
  /** the errors of those among them that could not be read */
  readonly faults: readonly TandemError[];
}

/** Goes through every table at a path. @throws TandemError 'data/not-found' */
export async function lookAtTables(path: string, onTable?: (path: string) => void): Promise<Looked> {
  const tables: Table[] = [];
  const judgements: string[] = [];
  const leftOut: LeftOut[] = [];
  const faults: TandemError[] = [];
  for (const file of await findFiles(path)) {
    if (file.kind === 'leftOut') leftOut.push(file);
    else if (file.kind === 'judgements') judgements.push(file.path);
    else {
      onTable?.(file.path);
      try {
        tables.push(await lookAt(file.path, file.bytes));
      } catch (error) {
        if (!(error instanceof TandemError)) throw error;
        faults.push(error);
        leftOut.push({ path: file.path, reason: withoutPath(error.message, file.path) });
      }
    }
  }
  return { tables, judgements, leftOut, faults };
}

async function lookAt(path: string, bytes: number): Promise<Table> {
  const profile = await profileTable(readTable(path, { keepsCurrencies: true }));
  const columns = describeColumns(profile);
  return { path, bytes, rows: profile.rows, columns, proposal: proposeTable(columns, basename(path)) };
}

const withoutPath = (message: string, path: string): string =>
  message.startsWith(path) ? message.slice(path.length).replace(/^[:\s]+/, '') : message;
