import { z } from 'zod';
import { type ApiKey, apiKeySchema, createKey } from '../../../serving/keys/api-key.js';
import { changeKeyFile, readKeyFile } from '../../../serving/keys/key-file.js';
import { TandemError } from '../../errors/tandem-error.js';

/** What people may know of a key. */
export type KnownKey = Omit<ApiKey, 'salt' | 'sha256'>;

/** As it was typed; what of it is wrong is told. */
export interface WantedKey {
  readonly name: string;
  readonly scope: readonly string[];
  readonly rateLimit?: number;
  readonly collections?: readonly string[];
  readonly filter?: unknown;
  readonly pictures?: string;
}

const { name, scopes: scope, rateLimit, collections, filter, pictures } = apiKeySchema.shape;
const wantedSchema = z.strictObject({ name, scope, rateLimit, collections, filter, pictures });

const known = ({ salt: _salt, sha256: _sha256, ...rest }: ApiKey): KnownKey => rest;

/**
 * Adds a key to a file, which is made where there is none.
 * @returns the key itself, which is kept nowhere, and what is known of it
 * @throws TandemError 'usage/bad-value' | 'config/bad-value' | 'files/*'
 */
export async function createKeyIn(file: string, wanted: WantedKey): Promise<{ key: string; known: KnownKey }> {
  const checked = wantedSchema.safeParse(wanted);
  if (!checked.success) {
    const [{ path, message }] = checked.error.issues;
    throw new TandemError('usage/bad-value', `${String(path[0])}: ${message}`, { option: String(path[0]) });
  }
  if (checked.data.pictures !== undefined && checked.data.filter === undefined)
    throw new TandemError('usage/bad-value', 'pictures: a key without a filter sees all pictures', {
      option: 'pictures',
    });
  const { scope: scopes, ...rest } = checked.data;
  const { key, entry } = createKey({ ...rest, scopes });
  await changeKeyFile(file, keys => {
    if (keys.some(each => each.name === entry.name))
      throw new TandemError('usage/bad-value', `name: there is a key "${entry.name}" already`, { option: 'name' });
    return [...keys, entry];
  });
  return { key, known: known(entry) };
}

/** @throws TandemError 'data/not-found' | 'config/bad-value' */
export const listKeysOf = async (file: string): Promise<readonly KnownKey[]> => (await readKeyFile(file)).map(known);

/**
 * Takes a key out of a file.
 * @param named  its id or its name
 * @throws TandemError 'data/not-found' | 'config/bad-value' | 'files/*'
 */
export async function revokeKeyOf(file: string, named: string): Promise<KnownKey> {
  await readKeyFile(file);
  const revoked: KnownKey[] = [];
  await changeKeyFile(file, keys => {
    const found = keys.find(({ id }) => id === named) ?? keys.find(each => each.name === named);
    if (found === undefined)
      throw new TandemError('usage/bad-value', `key ${named}: no key of this id or name`, { option: 'key' });
    revoked.push(known(found));
    return keys.filter(key => key !== found);
  });
  return revoked[0];
}
