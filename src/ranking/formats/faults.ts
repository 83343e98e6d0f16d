import type { z } from 'zod';
import { TandemError } from '../../errors/tandem-error.js';

export const damaged = (message: string): TandemError => new TandemError('ranker/damaged', message);

/** What the format can say and an ensemble of ours cannot. */
export const unsupported = (message: string): TandemError => new TandemError('ranker/unsupported', message);

/** A value of the schema's form. @param where  stands before the message @throws TandemError 'ranker/damaged' */
export function parseAs<T extends z.ZodType>(schema: T, value: unknown, where: string): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  throw damaged(`${[where, ...path].join('.')}: ${message}`);
}
