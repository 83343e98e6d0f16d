import { type ApiKey, idOfKey, isKey } from './api-key.js';

/** The keys of a service, as they are now. */
export interface KeyRing {
  find(key: string): ApiKey | undefined;
}

/** The keys of a list, which does not change. */
export function keyRing(keys: readonly ApiKey[]): KeyRing {
  const byId = new Map(keys.map(entry => [entry.id, entry]));
  return {
    find: key => {
      const entry = byId.get(idOfKey(key) ?? '');
      return entry !== undefined && isKey(entry, key) ? entry : undefined;
    },
  };
}

/**
 * The key that a request shows: `authorization: Bearer KEY`, or for reading also the password of `Basic`, which a browser asks its user for. A browser
 * sends a password by itself, also for pages of other origins, so none is taken for what changes something.
 */
export function shownKey(authorization: string, changes: boolean): string | undefined {
  const [, scheme = '', value] = /^(Bearer|Basic) +(\S{1,1024})$/i.exec(authorization) ?? [];
  if (scheme.toLowerCase() !== 'basic') return value;
  if (changes) return undefined;
  const [, password] = /^[^:]*:(.+)$/.exec(Buffer.from(value, 'base64').toString('utf8')) ?? [];
  return password;
}
