import { z } from 'zod';
import { parseSealedJson, sealedJson } from '../../src/files/sealed-json.js';
import type { DeadLetter, EmbeddableRow, Shard } from './shards.js';
import type { JobStorage } from './storage/job-storage.js';

const deadLetterSchema: z.ZodType<DeadLetter> = z.strictObject({
  path: z.string(),
  line: z.int(),
  reason: z.string(),
  row: z.record(z.string(), z.unknown()).optional(),
});

const shardSchema = <Row extends EmbeddableRow>(row: z.ZodType<Row>): z.ZodType<Shard<Row>> =>
  z.strictObject({ number: z.int().min(0), rows: z.array(row), deadLetters: z.array(deadLetterSchema) });

/** The name that the rows of a shard wait under, beside what will be made of them. */
const rowsName = (number: number): string => `${String(number).padStart(8, '0')}.rows.json`;

/** Writes down the rows of a shard for whoever embeds them. @throws TandemError 'files/*' | 'storage/*' */
export const writeShardRows = (storage: JobStorage, shard: Shard): Promise<void> =>
  storage.write(rowsName(shard.number), sealedJson(shard));

/** @returns undefined where they are not there, 'altered' where they are not as they were written @throws TandemError 'files/*' | 'storage/*' */
export async function readShardRows<Row extends EmbeddableRow>(
  storage: JobStorage,
  number: number,
  row: z.ZodType<Row>,
): Promise<Shard<Row> | 'altered' | undefined> {
  const text = await storage.read(rowsName(number));
  return text === undefined ? undefined : parseSealedJson(text, shardSchema(row));
}

/** Ids of the rows that wait; none where they cannot be read. */
export async function idsOfShard(storage: JobStorage, number: number): Promise<readonly string[]> {
  const shard = await readShardRows(storage, number, z.custom<EmbeddableRow>()).catch(() => undefined);
  return shard === undefined || shard === 'altered' ? [] : shard.rows.map(({ id }) => id);
}

export const removeShardRows = (storage: JobStorage, number: number): Promise<void> =>
  storage.remove([rowsName(number)]);
