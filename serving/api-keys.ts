import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { TandemError } from '../src/errors/tandem-error.js';

/** What a key may be used for: searching, reading whatever is there, writing, changing what the index is searched with; each includes those before it. */
export type KeyScope = 'search' | 'read' | 'write' | 'admin';

/** A file of keys: a JSON list. It holds no key, only hashes: `printf %s "$KEY" | sha256sum` prints the hash of one. */
const keysSchema = z
  .array(
    z.strictObject({
      /** for people, to know which key is which */
      name: z.string().min(1).max(100),
      scope: z.enum(['search', 'read', 'write', 'admin']),
      sha256: z.string().regex(/^[0-9a-f]{64}$/, { error: 'expected 64 hexadecimal digits in lower case' }),
    }),
  )
  .min(1);

export type ApiKey = z.infer<typeof keysSchema>[number];

/** @throws TandemError 'data/not-found' | 'config/bad-value' */
export async function readApiKeys(path: string): Promise<readonly ApiKey[]> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new TandemError('data/not-found', `${path}: ${error.message}`, { path }, { cause: error });
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new TandemError('config/bad-value', `${path}: not JSON`, { path }, { cause: error });
  }
  const keys = keysSchema.safeParse(value);
  if (keys.success) return keys.data;
  const { path: where, message } = keys.error.issues[0];
  throw new TandemError('config/bad-value', `${path}: ${where.join('.')}: ${message}`, { path });
}

/**
 * The key that a request shows: `authorization: Bearer KEY`, or for reading also the password of `Basic`, which a browser asks its user for. A browser
 * sends a password by itself, also for pages of other origins, so none is taken for writing. Every hash is compared, in a time that tells nothing.
 */
export function findKey(
  keys: readonly ApiKey[],
  authorization: string | undefined,
  need: KeyScope = 'write',
): ApiKey | undefined {
  const shown = shownKey(authorization ?? '', need);
  if (shown === undefined) return undefined;
  const hash = createHash('sha256').update(shown).digest();
  return keys.filter(({ sha256 }) => timingSafeEqual(Buffer.from(sha256, 'hex'), hash)).at(0);
}

function shownKey(authorization: string, need: KeyScope): string | undefined {
  const [, scheme = '', value] = /^(Bearer|Basic) +(\S{1,1024})$/i.exec(authorization) ?? [];
  if (scheme.toLowerCase() !== 'basic') return value;
  if (need === 'write' || need === 'admin') return undefined;
  const [, password] = /^[^:]*:(.+)$/.exec(Buffer.from(value, 'base64').toString('utf8')) ?? [];
  return password;
}
