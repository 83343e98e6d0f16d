import { stat } from 'node:fs/promises';
import type { z } from 'zod';
import { TandemError } from '../../src/errors/tandem-error.js';
import { readCsv } from './csv.js';
import { readJsonl } from './jsonl.js';
import { asReadError } from './lines.js';
import { readParquet } from './parquet.js';
import type { RowSchema, SourcedRow } from './parse-row.js';

/**
 * Rows of a file in the order of the file, checked by the schema, streamed; the format is told by the extension:
 * `.jsonl`, `.ndjson`, `.csv`, `.tsv` (each also with `.gz`) and `.parquet`.
 * @throws TandemError 'data/not-found' | 'data/unknown-format' | 'data/empty' | 'data/malformed-row' | 'files/damaged'
 */
export async function* readRows<S extends RowSchema>(path: string, schema: S): AsyncGenerator<SourcedRow<z.output<S>>> {
  const read = readerOf(path);
  await requireFile(path);
  let any = false;
  for await (const sourced of read(path, schema)) {
    any = true;
    yield sourced;
  }
  if (!any) throw new TandemError('data/empty', `${path}: has no rows`, { path });
}

type Reader = <S extends RowSchema>(path: string, schema: S) => AsyncGenerator<SourcedRow<z.output<S>>>;

function readerOf(path: string): Reader {
  if (/\.(jsonl|ndjson)(\.gz)?$/i.test(path)) return readJsonl;
  if (/\.(csv|tsv)(\.gz)?$/i.test(path)) return readCsv;
  if (/\.parquet$/i.test(path)) return readParquet;
  throw new TandemError('data/unknown-format', `${path}: the extension names no known format`, { path });
}

async function requireFile(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    throw asReadError(path, error);
  });
  if (!found.isFile()) throw new TandemError('data/not-found', `${path}: is not a file`, { path });
}
