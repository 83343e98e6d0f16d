import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { asFileError } from './atomic.js';

/** Under which name a file of JSON keeps the SHA-256 of the rest of it. */
const field = 'sha256';

const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');

/** The text of an object with the checksum of its content beside it. @param indent  as of JSON.stringify */
export const sealedJson = (value: object, indent?: number): string =>
  `${JSON.stringify({ ...value, [field]: digest(value) }, null, indent)}\n`;

/**
 * The object of a text, without its checksum. A text without one was written before there were any, and is taken as it is.
 * @throws Error when it is no JSON object, or the checksum does not fit
 */
export function openSealedJson(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('not a JSON object');
  const { [field]: expected, ...rest } = value as Record<string, unknown>;
  if (expected !== undefined && expected !== digest(rest)) throw new Error('altered since it was written');
  return rest;
}

/**
 * Reads a file of sealed JSON.
 * @returns undefined where there is none, 'altered' where it is not as it was written
 * @throws TandemError 'files/*' where it cannot be read for another reason
 */
export async function readSealedJson<T extends object>(
  path: string,
  schema: z.ZodType<T>,
): Promise<T | 'altered' | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw asFileError(path, error);
  });
  return text === undefined ? undefined : parseSealedJson(text, schema);
}

/** @returns 'altered' where a text of sealed JSON is not as it was written */
export function parseSealedJson<T extends object>(text: string, schema: z.ZodType<T>): T | 'altered' {
  try {
    return schema.parse(openSealedJson(text));
  } catch {
    return 'altered';
  }
}
