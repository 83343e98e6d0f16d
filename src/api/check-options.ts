import { z } from 'zod';
import { didYouMean } from '../errors/nearest.js';
import { TandemError } from '../errors/tandem-error.js';
import type { Watch } from './watch.js';

/** A schema for every option of a verb. */
export type OptionSchemas<O> = { readonly [K in keyof Required<O>]: z.ZodType };

export const path = z.string({ error: 'expected a path' }).min(1, 'expected a path');
export const maybe = z.boolean({ error: 'expected true or false' }).optional();
export const whole = (low: number, high: number) => {
  const error = `expected a whole number from ${low} to ${high}`;
  return z.int({ error }).min(low, { error }).max(high, { error });
};
/** Whether a value gives rows one after the other. */
export const isRows = (value: unknown): value is Iterable<object> | AsyncIterable<object> =>
  typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value);
/** Rows, or where they are; what is in them is checked where they are read. */
export const rows = z.custom<unknown>(
  value => typeof value === 'function' || (typeof value === 'string' ? value !== '' : isObject(value)),
  { error: 'expected a file, or rows' },
);
export const documentRows = z.custom<unknown>(
  value =>
    typeof value === 'function' ||
    (typeof value === 'string' ? value !== '' : isRows(value) || (isObject(value) && 'files' in Object(value))),
  { error: 'expected a file, { files }, rows, or a function that gives rows' },
);
export const mode = z.enum(['hybrid', 'vector', 'token'], { error: 'expected hybrid, vector or token' });
export const object = z.custom<unknown>(isObject, { error: 'expected an object' });
/** What the pictures of documents are encoded with. */
export const images = z.strictObject(
  { encoder: path, pictures: path.optional(), cache: path.optional() },
  { error: 'expected { encoder, pictures?, cache? }' },
);
const told = z.custom<unknown>(value => typeof value === 'function', { error: 'expected a function' }).optional();
const watchSchemas: OptionSchemas<Watch> = {
  signal: z.instanceof(AbortSignal, { error: 'expected an AbortSignal' }).optional(),
  progress: told,
  warn: told,
  note: told,
  tell: told,
};
/** What every verb takes that works for long. */
export const watch = z.strictObject(watchSchemas, { error: 'expected an object' }).optional();

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/**
 * A program without types is told of an option that it misspelt or forgot, and every program of a value that cannot be.
 * @throws TandemError 'usage/unknown-option' | 'usage/missing-option' | 'usage/bad-value'
 */
export function checkOptions<O extends object>(verb: string, options: O, schemas: OptionSchemas<O>): void {
  const checked = z.strictObject(schemas).safeParse(options ?? {});
  if (checked.success) return;
  const [issue] = checked.error.issues;
  const where = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const [key] = issue.keys;
    const guess = where.length === 0 ? didYouMean(key, Object.keys(schemas)) : '';
    throw new TandemError('usage/unknown-option', `${verb}: unknown option "${[...where, key].join('.')}"${guess}`);
  }
  const option = where.join('.');
  if (Reflect.get(options ?? {}, where[0]) === undefined)
    throw new TandemError('usage/missing-option', `${verb}: ${option} is missing`, { option });
  throw new TandemError('usage/bad-value', `${verb}: ${option}: ${issue.message}`, { option });
}
