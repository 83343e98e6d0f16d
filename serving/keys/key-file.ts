import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { TandemError } from '../../src/errors/tandem-error.js';
import { writeFileAtomically } from '../../src/files/atomic.js';
import { claimPath } from '../../src/files/path-claim.js';
import { type ApiKey, apiKeySchema } from './api-key.js';

const keyFileSchema = z.strictObject({
  format: z.literal(1),
  keys: z.array(apiKeySchema).max(100_000),
});

const badFile = (path: string, what: string, cause?: unknown): TandemError =>
  new TandemError('config/bad-value', `${path}: ${what}`, { path }, { cause });

/** @throws TandemError 'data/not-found' | 'config/bad-value' */
export async function readKeyFile(path: string): Promise<readonly ApiKey[]> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new TandemError('data/not-found', `${path}: ${error.message}`, { path }, { cause: error });
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw badFile(path, 'not JSON', error);
  }
  if (Array.isArray(value))
    throw badFile(path, 'a list of keys of an older version: `tandem key create` makes new ones');
  const file = keyFileSchema.safeParse(value);
  if (!file.success) {
    const [{ path: where, message }] = file.error.issues;
    throw badFile(path, `${where.join('.')}: ${message}`);
  }
  const { keys } = file.data;
  for (const what of ['id', 'name'] as const)
    if (new Set(keys.map(key => key[what])).size < keys.length) throw badFile(path, `two keys have the same ${what}`);
  return keys;
}

/**
 * Changes the keys of a file, alone and whole. A file that is not there yet holds none, and is then one that its owner alone may read.
 * @throws TandemError as readKeyFile, and 'files/*'
 */
export async function changeKeyFile(
  path: string,
  change: (keys: readonly ApiKey[]) => readonly ApiKey[],
): Promise<void> {
  const claim = await claimPath(path);
  try {
    const found = await stat(path).catch(() => undefined);
    const file = { format: 1, keys: change(found === undefined ? [] : await readKeyFile(path)) };
    await writeFileAtomically(path, async handle => {
      await handle.chmod(found === undefined ? 0o600 : found.mode & 0o777);
      await handle.writeFile(`${JSON.stringify(file, undefined, 2)}\n`);
    });
  } finally {
    await claim.release();
  }
}
