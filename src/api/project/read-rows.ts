import { z } from 'zod';
import { readQueries } from '../../../data/queries.js';
import { readDocuments } from '../../../data/read-documents.js';
import { asSource } from '../../../data/read-pairs.js';
import { type DocumentRow, type QueryRow, queryRowSchema, withoutNulls } from '../../config/rows.js';
import { TandemError } from '../../errors/tandem-error.js';
import { type Qrels, readQrels } from '../../evaluation/trec.js';
import { checkDocument } from '../../search/check-document.js';
import { withoutBigInts } from '../../text/exact-number.js';
import { isRows, rows } from '../check-options.js';
import type { DocumentSource, Documents, Gains, Judged } from '../options.js';
import type { Watch } from '../watch.js';

/** Judged queries among the options of a verb. */
export const judged = z.strictObject({ queries: rows, qrels: rows }, { error: 'expected { queries, qrels }' });

/** Documents, streamed; rows that a program gives are checked as those of a file are. @param onNote  told how a file was read @throws TandemError 'data/*' */
export async function* readDocumentRows(
  documents: Documents,
  onNote?: (note: string) => void,
): AsyncGenerator<DocumentRow> {
  if (typeof documents === 'function') {
    const given: unknown = await documents();
    if (!isRows(given)) throw new TandemError('usage/bad-value', 'documents: the function gave no rows');
    yield* checkedRows(given);
    return;
  }
  if (isRows(documents)) {
    yield* checkedRows(documents);
    return;
  }
  for await (const { row } of readDocuments(asSource(documents as string | DocumentSource), { onNote })) yield row;
}

async function* checkedRows(rows: Iterable<object> | AsyncIterable<object>): AsyncGenerator<DocumentRow> {
  let place = 0;
  for await (const row of rows) {
    place++;
    yield inPlace('document', place, () => checkDocument(row));
  }
}

/** What is wrong with a row is told with its place, from 1. */
function inPlace<T>(what: string, place: number, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof TandemError)) throw error;
    throw new TandemError(
      error.code,
      `${what} ${place}: ${error.message}`,
      { ...error.details, place },
      { cause: error },
    );
  }
}

/** @throws TandemError 'data/*' */
export async function readQueryRows(
  queries: string | readonly QueryRow[],
  { note }: Pick<Watch, 'note'>,
): Promise<QueryRow[]> {
  if (typeof queries === 'string') return readQueries(queries, { onNote: note });
  return queries.map((row, at) => inPlace('query', at + 1, () => checkedQuery(row)));
}

function checkedQuery(row: QueryRow): QueryRow {
  const parsed = queryRowSchema.safeParse(withoutNulls(withoutBigInts(row)));
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  throw new TandemError('data/malformed-row', `${path.length === 0 ? '' : `${path.join('.')}: `}${message}`);
}

/** @throws TandemError 'data/*' */
export async function readGains(qrels: string | Gains): Promise<Qrels> {
  if (typeof qrels === 'string') return readQrels(qrels);
  return new Map(Object.entries(qrels).map(([query, gains]) => [query, gainsOf(query, gains)]));
}

function gainsOf(query: string, gains: Gains[string]): Map<string, number> {
  for (const [document, gain] of Object.entries(gains)) {
    if (Number.isSafeInteger(gain)) continue;
    throw new TandemError(
      'data/malformed-row',
      `qrels of ${query}, ${document}: gain must be a whole number up to 2^53, got ${gain}`,
    );
  }
  return new Map(Object.entries(gains));
}

/** Queries and judgements that something is tuned on. @throws TandemError 'data/*' */
export async function readJudged(
  { queries, qrels }: Judged,
  watch: Pick<Watch, 'note'>,
): Promise<{ queries: QueryRow[]; qrels: Qrels }> {
  return { queries: await readQueryRows(queries, watch), qrels: await readGains(qrels) };
}
