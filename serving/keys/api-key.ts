import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Filter, FilterClause } from '../../src/query/filter.js';
import { filterSchema } from '../../src/query/filter-schema.js';
import { collectionNameSchema } from './collection-name.js';

/**
 * What a key may be used for. Searching, reading whatever is there, writing, and all that concerns the whole service each include those before; sending events is
 * apart, so that a page of a shop may hold a key that does nothing else.
 */
export const keyScopes = ['search', 'read', 'write', 'events', 'admin'] as const;
export type KeyScope = (typeof keyScopes)[number];

const rising: readonly KeyScope[] = ['search', 'read', 'write', 'admin'];

/** Whether scopes allow what needs one. */
export const allows = (scopes: readonly KeyScope[], need: KeyScope): boolean =>
  scopes.some(scope =>
    need === 'events' ? scope === 'events' || scope === 'admin' : rising.indexOf(scope) >= rising.indexOf(need),
  );

/** What words of a text mean depends on the language of who asks; a filter of a key must not. */
const asksForWords = (clause: FilterClause): boolean => {
  if ('words' in clause) return true;
  if ('any' in clause) return clause.any.some(asksForWords);
  if ('not' in clause) return asksForWords(clause.not);
  return 'nested' in clause && clause.nested.filter.some(asksForWords);
};

export const keyFilterSchema = filterSchema.refine(
  filter => filter.length > 0 && !filter.some(asksForWords),
  'a filter of a key has at least one clause, and none of them is `words`',
);

const hexadecimal = (digits: number) =>
  z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`), { error: `expected ${digits} hexadecimal digits` });

/** Parts of a path that lead down. */
export const pictureFolderSchema = z
  .string()
  .max(1_024)
  .regex(/^(?!\.{1,2}(?:\/|$))[^/\\\0]+(?:\/(?!\.{1,2}(?:\/|$))[^/\\\0]+)*$/, {
    error: 'expected a folder below the pictures of the index, such as shops/acme',
  });

/** What is known of a key; the key itself is kept nowhere. */
export const apiKeySchema = z.strictObject({
  id: hexadecimal(12),
  /** for people, to know which key is which */
  name: z.string().min(1).max(100),
  scopes: z.array(z.enum(keyScopes, { error: `expected ${keyScopes.join(', ')}` })).min(1),
  salt: hexadecimal(32),
  /** of the salt, then the key */
  sha256: hexadecimal(64),
  created: z.iso.datetime(),
  /** requests a minute, from whatever addresses */
  rateLimit: z.int().min(1).max(1_000_000).optional(),
  /** the documents that are there for whoever shows it */
  filter: keyFilterSchema.optional(),
  /** the collections that it is for, by their names or aliases; absent: all that the service has */
  collections: z.array(collectionNameSchema).min(1).max(1_000).optional(),
  /** folder below the pictures of the index with those that it sees; beside a filter, without which it sees all */
  pictures: pictureFolderSchema.optional(),
});

export type ApiKey = z.infer<typeof apiKeySchema>;

export interface NewKey extends Pick<ApiKey, 'name' | 'scopes' | 'rateLimit' | 'collections' | 'pictures'> {
  readonly filter?: Filter;
}

const hashOf = (salt: string, key: string): Buffer => createHash('sha256').update(salt).update(key).digest();

/**
 * A new key. Its secret is 256 random bits, which nobody can try out, so that a fast hash is enough.
 * @returns the key, to be shown once, and what a file holds of it
 */
export function createKey({ name, scopes, rateLimit, collections, filter, pictures }: NewKey): {
  key: string;
  entry: ApiKey;
} {
  const id = randomBytes(6).toString('hex');
  const key = `tandem_${id}_${randomBytes(32).toString('base64url')}`;
  const salt = randomBytes(16).toString('hex');
  const known = { id, name, scopes: [...scopes], salt, sha256: hashOf(salt, key).toString('hex') };
  const entry = { ...known, created: new Date().toISOString(), rateLimit, collections, filter, pictures };
  return { key, entry: apiKeySchema.parse(JSON.parse(JSON.stringify(entry))) };
}

/** The id that a key names; undefined where it is none. */
export const idOfKey = (key: string): string | undefined => /^tandem_([0-9a-f]{12})_[\w-]{43}$/.exec(key)?.[1];

/** Whether a key is the one that something is known of, in a time that tells nothing. */
export const isKey = ({ salt, sha256 }: ApiKey, key: string): boolean =>
  timingSafeEqual(Buffer.from(sha256, 'hex'), hashOf(salt, key));
