import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { TandemError } from '../../src/errors/tandem-error.js';

/** @returns the content, or undefined when there is no such file @throws TandemError 'model/damaged' | 'data/not-found' */
export async function readJson<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S> | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new TandemError('data/not-found', `${path}: cannot be read (${error.code})`, { path }, { cause: error });
  });
  if (text === undefined) return undefined;
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new TandemError('model/damaged', `${path}: is not JSON`, { path }, { cause: error });
  }
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const { path: keys, message } = parsed.error.issues[0];
  throw new TandemError('model/damaged', `${path}: ${keys.join('.') || 'the file'}: ${message}`, { path });
}
