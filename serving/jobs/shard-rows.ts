import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../../src/files/atomic.js';
import { readSealedJson, sealedJson } from '../../src/files/sealed-json.js';
import type { DeadLetter, EmbeddableRow, Shard } from './shards.js';

const deadLetterSchema: z.ZodType<DeadLetter> = z.strictObject({
  path: z.string(),
  line: z.int(),
  reason: z.string(),
  row: z.record(z.string(), z.unknown()).optional(),
});

const shardSchema = <Row extends EmbeddableRow>(row: z.ZodType<Row>): z.ZodType<Shard<Row>> =>
  z.strictObject({ number: z.int().min(0), rows: z.array(row), deadLetters: z.array(deadLetterSchema) });

/** The file that the rows of a shard wait in, beside what will be made of them. */
const rowsFile = (folder: string, number: number): string =>
  join(folder, `${String(number).padStart(8, '0')}.rows.json`);

/** Writes down the rows of a shard for whoever embeds them. @throws TandemError 'files/*' */
export const writeShardRows = (folder: string, shard: Shard): Promise<void> =>
  writeWhole(rowsFile(folder, shard.number), sealedJson(shard));

/** @returns undefined where they are not there, 'altered' where they are not as they were written @throws TandemError 'files/*' */
export const readShardRows = <Row extends EmbeddableRow>(
  folder: string,
  number: number,
  row: z.ZodType<Row>,
): Promise<Shard<Row> | 'altered' | undefined> => readSealedJson(rowsFile(folder, number), shardSchema(row));

/** Ids of the rows that wait; none where they cannot be read. */
export async function idsOfShard(folder: string, number: number): Promise<readonly string[]> {
  const shard = await readShardRows(folder, number, z.custom<EmbeddableRow>()).catch(() => undefined);
  return shard === undefined || shard === 'altered' ? [] : shard.rows.map(({ id }) => id);
}

export const removeShardRows = (folder: string, number: number): Promise<void> =>
  rm(rowsFile(folder, number), { force: true });
