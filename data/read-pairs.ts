import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ColumnMapping } from '../src/config/mapping.js';
import {
  type EventRow,
  eventRowSchema,
  type PairRow,
  pairRowSchema,
  type QueryRow,
  queryRowSchema,
} from '../src/config/rows.js';
import { TandemError } from '../src/errors/tandem-error.js';
import type { BadRow } from './sources/bad-rows.js';
import type { RowSchema, SourcedRow } from './sources/parse-row.js';
import type { RawRow } from './sources/raw-row.js';
import { readRows } from './sources/source.js';

/** Files of rows, their paths as they can be opened, and the columns that hold their fields: field -> column. */
interface RowSource {
  readonly files: readonly string[];
  readonly columns?: ColumnMapping;
}

export interface PairSource extends RowSource {
  /** least judgement that makes a pair positive, where a column holds the `gain`; 1 when absent */
  readonly positiveFrom?: number;
}

export type EventSource = RowSource;
export type QuerySource = RowSource;

/** A path by itself is a file whose columns bear the names of the fields. */
export const asSource = <T extends RowSource>(source: string | T): RowSource | T =>
  typeof source === 'string' ? { files: [source] } : source;

export interface ReadRowsOptions {
  /** one sentence about how a file was read */
  readonly onNote?: (note: string) => void;
  /** see RowOptions */
  readonly onBadRow?: (bad: BadRow) => void;
}

/** What the judgements of pairs leave out. */
export interface LeftOutPairs {
  /** judged lower than `positiveFrom` */
  lower: number;
  /** without a judgement, where there is a column of them */
  unjudged: number;
}

/**
 * The positive pairs of files, one after the other. With a column `gain` those judged lower than `positiveFrom`, and those without a
 * judgement, are left out and counted. @throws TandemError as readRows
 */
export async function* readPairs(
  source: PairSource,
  { leftOut, onNote }: ReadRowsOptions & { readonly leftOut?: LeftOutPairs } = {},
): AsyncGenerator<SourcedRow<PairRow>> {
  const { gain, ...columns } = source.columns ?? {};
  const judged = gain === undefined ? pairRowSchema : pairRowSchema.extend({ gain: gainSchema });
  for (const path of source.files) {
    const mapping: ColumnMapping = { ...columns, ...(gain === undefined ? {} : { gain }) };
    for await (const { line, row } of readRows(path, judged, { mapping, adapt: fieldsOf(judged, mapping), onNote })) {
      const { gain: judgement, ...pair }: PairRow & { gain?: number } = row;
      if (gain === undefined) yield { line, row: pair };
      else if (judgement === undefined) count(leftOut, 'unjudged');
      else if (judgement < (source.positiveFrom ?? 1)) count(leftOut, 'lower');
      else yield { line, row: pair };
    }
  }
}

const gainSchema = z.number().optional();

function count(leftOut: LeftOutPairs | undefined, what: keyof LeftOutPairs): void {
  if (leftOut !== undefined) leftOut[what]++;
}

/** The same with the files of folders, such as a service keeps its events in: those of JSON Lines. @throws TandemError 'data/not-found' for one without any */
export async function inFolders(source: EventSource): Promise<EventSource> {
  const found = await Promise.all(
    source.files.map(async path => {
      const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() === true;
      if (!isFolder) return [path];
      const names = (await readdir(path)).filter(name => name.endsWith('.jsonl')).sort();
      const sizes = await Promise.all(names.map(async name => (await stat(join(path, name))).size));
      // a service begins a file before it has an event for it
      const filled = names.filter((_, i) => sizes[i] > 0);
      if (filled.length > 0) return filled.map(name => join(path, name));
      throw new TandemError('data/not-found', `${path}: is a folder without events in files that end in .jsonl`, {
        path,
      });
    }),
  );
  return { ...source, files: found.flat() };
}

/** The events of files, and of those in folders, one after the other. @throws TandemError as readRows */
export async function* readEvents(
  source: EventSource,
  { onNote }: ReadRowsOptions = {},
): AsyncGenerator<SourcedRow<EventRow>> {
  const { files, columns = {} } = await inFolders(source);
  for (const path of files) {
    yield* readRows(path, eventRowSchema, { mapping: columns, adapt: fieldsOf(eventRowSchema, columns), onNote });
  }
}

/** The queries of files, one after the other. @throws TandemError as readRows */
export async function* readQueryRows(
  { files, columns = {} }: QuerySource,
  options: ReadRowsOptions = {},
): AsyncGenerator<SourcedRow<QueryRow>> {
  for (const path of files) {
    yield* readRows(path, queryRowSchema, { ...options, mapping: columns, adapt: fieldsOf(queryRowSchema, columns) });
  }
}

/** Where columns are mapped the others are of no use; where none is, one that is unknown is refused as a misspelt field. */
function fieldsOf(schema: RowSchema, mapping: ColumnMapping): ((row: RawRow) => RawRow) | undefined {
  if (Object.keys(mapping).length === 0) return undefined;
  const fields = Object.keys(schema.shape);
  return row => Object.fromEntries(fields.filter(field => Object.hasOwn(row, field)).map(field => [field, row[field]]));
}
