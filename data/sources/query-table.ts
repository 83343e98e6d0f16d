import type { QueryRow } from '../../src/config/rows.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { locationOf, locationUnit } from './parse-row.js';

/** Queries as they are read from a file, each id once. */
export interface QueryTable {
  /** @throws TandemError 'data/duplicate-id' for another query of a known id: which of the two the judgements mean cannot be told */
  add(row: QueryRow, line: number): void;
  /** in the order of the file */
  all(): QueryRow[];
}

export function createQueryTable(path: string): QueryTable {
  const seen = new Map<string, { readonly row: QueryRow; readonly line: number }>();
  return {
    add(row, line) {
      const first = seen.get(row.id);
      if (first === undefined) seen.set(row.id, { row, line });
      else if (!isSame(first.row, row)) {
        const message = `${locationOf(path, line)}: another query has the id '${row.id}' in ${locationUnit(path)} ${first.line}`;
        throw new TandemError('data/duplicate-id', message, { path, id: row.id, lines: [first.line, line] });
      }
    },
    all: () => [...seen.values()].map(({ row }) => row),
  };
}

const isSame = (a: QueryRow, b: QueryRow): boolean =>
  a.text === b.text && a.country === b.country && a.language === b.language;
