import { z } from 'zod';

export const jobKinds = ['documents', 'queries'] as const;
export const jobFormats = ['jsonl', 'parquet'] as const;
/** Endings of files of rows; none where the content tells the format. */
export const jobEndings = ['', '.jsonl', '.json', '.csv', '.parquet'] as const;
export type JobKind = (typeof jobKinds)[number];
export type JobFormat = (typeof jobFormats)[number];

/** What a job has made. */
export const jobResultSchema = z.object({
  rows: z.int(),
  nothingToEmbed: z.int().describe('of these, whose embedding is null: the model can read nothing in them'),
  deadLetters: z.int().describe('rows that could not be used'),
  modelId: z.string(),
  width: z.int().describe('numbers of an embedding'),
});
export type JobResult = z.infer<typeof jobResultSchema>;

export const jobErrorSchema = z.object({ code: z.string(), message: z.string(), remedy: z.string() });

/** An embedding job as it is told. */
export const jobSchema = z.object({
  id: z.uuid(),
  kind: z.enum(jobKinds),
  format: z.enum(jobFormats).describe('of its embeddings'),
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  bytes: z.int().describe('of what was sent'),
  created: z.iso.datetime(),
  ended: z.iso.datetime().optional(),
  result: jobResultSchema.optional(),
  error: jobErrorSchema.optional(),
  progress: z
    .object({
      text: z.string().describe('such as `embedding: 1,200 of 4,300 rows, 340/s, 9 s left`'),
      share: z.number().optional().describe('of the present step, 0 to 1'),
      secondsLeft: z.number().optional(),
    })
    .optional(),
});
export type Job = z.infer<typeof jobSchema>;

/** The same as it is kept. */
export const storedJobSchema = jobSchema.omit({ progress: true }).extend({
  ending: z.enum(jobEndings),
  /** id of the key that it was sent with */
  owner: z.string().optional(),
});
export type StoredJob = z.infer<typeof storedJobSchema>;

/** What is asked for with a file of rows. */
export interface JobRequest {
  readonly kind: JobKind;
  readonly format: JobFormat;
  /** of a file of what is sent */
  readonly ending: StoredJob['ending'];
  /** id of the key that it is sent with */
  readonly owner?: string;
  /** bytes that will be sent, where that is known */
  readonly bytes?: number;
}

/** A place for the rows of a job, for which the disk has been set aside. */
export interface JobPlace {
  readonly id: string;
  /** file that they are written to */
  readonly path: string;
  readonly mostBytes: number;
}

/** Which file of a finished job. */
export type JobFile = 'embeddings' | 'deadLetters';

/** Takes jobs and does them, one after the other. @param owner  id of the key that asks, which sees its own jobs; absent: all are seen */
export interface JobAdmin {
  listJobs(owner?: string): Promise<readonly Job[]>;
  /** @throws TandemError 'job/unknown' */
  job(id: string, owner?: string): Promise<Job>;
  /** @throws TandemError 'job/too-many' | 'job/storage-full' | 'request/too-large' | 'index/no-vectors' */
  reserveJob(request: JobRequest): Promise<JobPlace>;
  /** The rows are whole and on disk. */
  submitJob(id: string): Promise<Job>;
  /** They will not come. */
  abandonJob(id: string): Promise<void>;
  /** Ends a job and takes away what it has made. @throws TandemError 'job/unknown' */
  removeJob(id: string, owner?: string): Promise<Job>;
  /** @throws TandemError 'job/unknown' | 'job/no-result' */
  jobFile(
    id: string,
    file: JobFile,
    owner?: string,
  ): Promise<{ readonly path: string; readonly bytes: number; readonly format: JobFormat }>;
}
