import { z } from 'zod';
import { idSchema } from '../../config/id.js';
import { queryRowSchema } from '../../config/rows.js';
import { TandemError } from '../../errors/tandem-error.js';
import { textLines } from '../text-lines.js';

/** Hits of a golden query that are noted. */
export const notedHits = 10;

const goldenQuerySchema = queryRowSchema.extend({
  /** how often it was asked in the log that it was drawn from */
  count: z.number().positive().optional(),
  /** what it stands for, in words */
  stratum: z.string().max(1_024).optional(),
  /** the first hits of the index that it was last asked of, best first */
  results: z
    .array(z.strictObject({ id: idSchema, score: z.number() }))
    .max(notedHits)
    .refine(hits => new Set(hits.map(({ id }) => id)).size === hits.length, { error: 'names a document twice' })
    .optional(),
});

/** A line of golden.jsonl. Only `id` and `text` must be there, so that people can add lines of their own. */
export type GoldenQuery = z.infer<typeof goldenQuerySchema>;

/** One query a line, which people can read, change and take out. */
export const goldenText = (queries: readonly GoldenQuery[]): string =>
  queries.map(query => `${JSON.stringify(goldenQuerySchema.parse(query))}\n`).join('');

/** @throws TandemError 'data/not-found' | 'data/empty' | 'data/malformed-row' | 'data/duplicate-id', naming the line */
export async function readGolden(path: string): Promise<GoldenQuery[]> {
  const lines = new Map<string, number>();
  const queries: GoldenQuery[] = [];
  for await (const { line, text } of textLines(path)) {
    if (text.trim() === '') continue;
    const query = parseLine(path, line, text);
    const first = lines.get(query.id);
    if (first !== undefined) {
      const message = `${path} line ${line}: another query has the id '${query.id}' in line ${first}`;
      throw new TandemError('data/duplicate-id', message, { path, id: query.id, lines: [first, line] });
    }
    lines.set(query.id, line);
    queries.push(query);
  }
  if (queries.length === 0) throw new TandemError('data/empty', `${path}: has no queries`, { path });
  return queries;
}

function parseLine(path: string, line: number, text: string): GoldenQuery {
  const malformed = (reason: string, cause: unknown): TandemError =>
    new TandemError('data/malformed-row', `${path} line ${line}: ${reason}`, { path, line }, { cause });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw malformed(`not JSON: ${(error as Error).message}`, error);
  }
  const parsed = goldenQuerySchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [{ path: field, message }] = parsed.error.issues;
  throw malformed(field.length === 0 ? message : `${field.join('.')}: ${message}`, parsed.error);
}
