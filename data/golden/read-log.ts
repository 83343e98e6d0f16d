import { z } from 'zod';
import { idSchema } from '../../src/config/id.js';
import type { ColumnMapping } from '../../src/config/mapping.js';
import type { RawRow } from '../sources/raw-row.js';
import { readRows } from '../sources/source.js';
import type { LoggedQuery } from './count-queries.js';

/** What of a row says that somebody asked for something; other columns are passed over. */
const logRowSchema = z.object({
  id: idSchema.optional(),
  text: z.string().max(4096),
  country: z.string().max(64).optional(),
  language: z.string().max(64).optional(),
  count: z.number().positive().optional(),
  type: z.string().optional(),
});

/** The type of an event that is a search. */
const search = 'search';

/** A log calls its text `query`; an event that is no search asks for nothing. */
const adapt = ({ query, ...row }: RawRow): RawRow => ({
  ...row,
  text: row.type !== undefined && row.type !== search ? '' : (row.text ?? query ?? (row.type && '')),
});

/**
 * The queries of a log of searches or events, or of a file of queries, in the order of the file, streamed: `text` or `query`, with `country`, `language`, `id` and `count`
 * where there are such columns. Of events (`type`) searches alone count. What asks for nothing has a blank text.
 * @throws TandemError as readRows
 */
export async function* readLog(
  path: string,
  { mapping, onNote }: { readonly mapping?: ColumnMapping; readonly onNote?: (note: string) => void } = {},
): AsyncGenerator<LoggedQuery> {
  for await (const { row } of readRows(path, logRowSchema, { mapping, adapt, onNote })) yield row;
}
