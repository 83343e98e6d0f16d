import { readQueries } from '../../data/queries.js';
import { type RowOptions, readRows } from '../../data/sources/source.js';
import { type DocumentRow, documentRowSchema, type QueryRow } from '../config/rows.js';
import { type Qrels, readQrels } from '../evaluation/trec.js';

/** The documents of a file, streamed. @throws TandemError 'data/*' */
export async function* readDocumentFile(path: string, options: RowOptions = {}): AsyncGenerator<DocumentRow> {
  for await (const { row } of readRows(path, documentRowSchema, options)) yield row;
}

/** Queries and judgements that something is tuned on. @throws TandemError 'data/*' */
export async function readTuning(
  queries: string,
  qrels: string,
  options: RowOptions = {},
): Promise<{ queries: QueryRow[]; qrels: Qrels }> {
  return { queries: await readQueries(queries, options), qrels: await readQrels(qrels) };
}
