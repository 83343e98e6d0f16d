import { z } from 'zod';
import type { ErrorCode } from '../errors/table.js';
import { TandemError } from '../errors/tandem-error.js';

/** A text of so many UTF-16 units; half a surrogate pair has no meaning in UTF-8, so no document could ever hold it. */
export const text = (longest: number, shortest = 1) =>
  z
    .string()
    .min(shortest)
    .max(longest)
    .refine(value => value.isWellFormed(), { error: 'text holds half a surrogate pair' });

/**
 * @param place  how the message begins, from the path joined by dots ('' at the root)
 * @throws TandemError with the code, naming the path
 */
export function checkOrThrow<T>(
  schema: z.ZodType<T>,
  value: unknown,
  code: ErrorCode,
  place: (path: string) => string,
): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = mostTelling(result.error.issues[0]);
  throw new TandemError(code, `${place(path.map(String).join('.'))}: ${message}`, { path });
}

type Issue = z.core.$ZodIssue;

/** Inside a choice of forms, what is wrong with the form that was meant: the one all of whose faults lie within it. */
export function mostTelling(issue: Issue): Pick<Issue, 'path' | 'message'> {
  if (issue.code !== 'invalid_union') return issue;
  const meant = issue.errors.find(faults => faults.length > 0 && faults.every(({ path }) => path.length > 0));
  if (meant === undefined) return issue;
  const inner = mostTelling(meant[0]);
  return { path: [...issue.path, ...inner.path], message: inner.message };
}
