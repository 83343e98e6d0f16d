import { z } from 'zod';
import { jobKinds } from './job.js';

/** Of files of embeddings, with the dot. */
export const endingSchema = z.enum(['.jsonl', '.parquet']);

/** A shard of a job as it is handed out: all that is needed to embed it where its folder is seen. */
export const shardTaskSchema = z.strictObject({
  /** of the job */
  job: z.string().regex(/^[0-9a-f]{16}$/),
  number: z.int().min(0),
  kind: z.enum(jobKinds),
  /** that the shards of the job are kept in: a path, or s3://BUCKET/PREFIX */
  folder: z.string().min(1),
  ending: endingSchema,
  /** folder of the model artefact, as whoever hands out sees it */
  model: z.string().min(1),
  modelId: z.string(),
  /** folder of the documents' pictures */
  pictures: z.string().optional(),
  /** rows that are embedded together */
  batch: z.int().min(1).max(2048),
});

export type ShardTask = z.infer<typeof shardTaskSchema>;

/** What is known of a job whose shards are handed out. */
export const handedJobSchema = z.strictObject({
  kind: z.enum(jobKinds),
  out: z.string(),
  modelId: z.string(),
  /** rows that can be embedded */
  rows: z.int(),
  /** number of them; absent until the input has been cut to its end */
  shards: z.int().optional(),
  /** ISO 8601 */
  began: z.string(),
  /** ISO 8601; absent while it goes on */
  ended: z.string().optional(),
});

export type HandedJob = z.infer<typeof handedJobSchema>;
