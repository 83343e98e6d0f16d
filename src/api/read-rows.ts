import { readQueries } from '../../data/queries.js';
import { type DocumentSource, readDocuments } from '../../data/read-documents.js';
import { asSource, type ReadRowsOptions } from '../../data/read-pairs.js';
import type { DocumentRow, QueryRow } from '../config/rows.js';
import { type Qrels, readQrels } from '../evaluation/trec.js';

/** The documents of a file or several, streamed. @param onNote  told how a file was read @throws TandemError 'data/*' */
export async function* readDocumentFile(
  source: string | DocumentSource,
  onNote?: (note: string) => void,
): AsyncGenerator<DocumentRow> {
  for await (const { row } of readDocuments(asSource(source), { onNote })) yield row;
}

/** Queries and judgements that something is tuned on. @throws TandemError 'data/*' */
export async function readTuning(
  queries: string,
  qrels: string,
  options: ReadRowsOptions = {},
): Promise<{ queries: QueryRow[]; qrels: Qrels }> {
  return { queries: await readQueries(queries, options), qrels: await readQrels(qrels) };
}
