import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type * as DuckDB from '@duckdb/node-api';
import { requirePackage } from '../../src/config/optional-packages.js';
import { asWriteError, syncFolder } from '../../src/files/atomic.js';
import { openDatabaseFolder, openPlainPath } from '../../src/files/plain-path.js';
import { isZero } from '../../src/vector/cosine.js';
import type { EmbeddedBatch } from './embed-batch.js';

/** Rows of a DuckDB chunk at most. */
const chunkRows = 2048;
/** Rows of a Parquet row group: a few megabytes of embeddings, so that a reader needs no more at a time either. */
const groupRows = 4096;

/**
 * Writes a Parquet file (id VARCHAR, embedding FLOAT[], NULL where there was nothing to embed) whole or not at all. The rows are gathered in a DuckDB file beside it, not in
 * memory; one thread keeps the order and makes equal rows equal bytes.
 * @returns rows written
 * @throws TandemError 'package/unavailable' without DuckDB | 'files/disk-full' | 'files/write-failed', and whatever the batches throw
 */
export const writeParquet = (
  path: string,
  batches: AsyncIterable<EmbeddedBatch> | Iterable<EmbeddedBatch>,
): Promise<number> =>
  writeByDatabase(path, async (duckdb, connection) => {
    await connection.run('CREATE TABLE rows (id VARCHAR, embedding FLOAT[])');
    return { source: 'rows', made: await append(duckdb, connection, batches) };
  });

/**
 * Puts files that `writeParquet` wrote one behind another.
 * @throws as writeParquet
 */
export const joinParquet = (parts: readonly string[], path: string): Promise<void> =>
  writeByDatabase(path, async () => {
    const folder = await openPlainPath(dirname(parts[0]));
    const list = parts.map(part => quoted(join(folder.path, basename(part)))).join(', ');
    return { source: `read_parquet([${list}], hive_partitioning = false)`, made: undefined, release: folder.release };
  });

/** What is written, as SQL has it, and what is told of it. */
interface Written<T> {
  readonly source: string;
  readonly made: T;
  readonly release?: () => Promise<void>;
}

async function writeByDatabase<T>(
  path: string,
  fill: (duckdb: typeof DuckDB, connection: DuckDB.DuckDBConnection) => Promise<Written<T>>,
): Promise<T> {
  const duckdb = requirePackage<typeof DuckDB>('@duckdb/node-api');
  const folder = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    // the folder that it lies in must be there: one that has just been taken away must not come back with this file alone
    await mkdir(folder);
    const finished = join(folder, 'rows.parquet');
    const database = await openDatabaseFolder(folder);
    const made = await gather(duckdb, join(database.path, 'rows.duckdb'), finished, fill).finally(database.release);
    await syncFile(finished);
    await rename(finished, path);
    await syncFolder(dirname(path));
    return made;
  } catch (error) {
    throw asWriteError(path, withCode(error));
  } finally {
    // whatever went wrong before is what has to be told
    await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}

async function gather<T>(
  duckdb: typeof DuckDB,
  database: string,
  target: string,
  fill: (duckdb: typeof DuckDB, connection: DuckDB.DuckDBConnection) => Promise<Written<T>>,
): Promise<T> {
  const instance = await duckdb.DuckDBInstance.create(database, {
    threads: '1',
    memory_limit: '512MB',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  try {
    const { source, made, release } = await fill(duckdb, connection);
    const options = `FORMAT parquet, COMPRESSION uncompressed, ROW_GROUP_SIZE ${groupRows}`;
    await connection
      .run(`COPY (SELECT id, embedding FROM ${source}) TO ${quoted(target)} (${options})`)
      .finally(release);
    return made;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function append(
  { DuckDBDataChunk, FLOAT, LIST, listValue, VARCHAR }: typeof DuckDB,
  connection: DuckDB.DuckDBConnection,
  batches: AsyncIterable<EmbeddedBatch> | Iterable<EmbeddedBatch>,
): Promise<number> {
  const appender = await connection.createAppender('rows');
  let rows = 0;
  try {
    for await (const { ids, embeddings } of batches) {
      const width = embeddings.length / ids.length;
      for (let from = 0; from < ids.length; from += chunkRows) {
        const part = ids.slice(from, from + chunkRows);
        const values = part.map((_, i) => {
          const row = rowOf(embeddings, width, from + i);
          return isZero(row) ? null : listValue(Array.from(row));
        });
        const chunk = DuckDBDataChunk.create([VARCHAR, LIST(FLOAT)], part.length);
        chunk.setColumns([part, values]);
        appender.appendDataChunk(chunk);
      }
      rows += ids.length;
    }
  } finally {
    appender.closeSync();
  }
  return rows;
}

const quoted = (path: string): string => `'${path.replaceAll("'", "''")}'`;

const rowOf = (embeddings: Float32Array, width: number, row: number): Float32Array =>
  embeddings.subarray(row * width, (row + 1) * width);

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** DuckDB says in words alone that the disk is full. */
function withCode(error: unknown): unknown {
  const full = error instanceof Error && /No space left|Disk quota exceeded/i.test(error.message);
  return full ? Object.assign(error, { code: 'ENOSPC' }) : error;
}
