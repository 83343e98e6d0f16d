import { type ApiKey, createKey, type KeyScope, type NewKey } from '../../serving/keys/api-key.js';
import { type KeyRing, keyRing } from '../../serving/keys/key-ring.js';

export interface TestKeys {
  readonly entries: readonly ApiKey[];
  readonly ring: KeyRing;
  /** the key of a name */
  readonly of: (name: string) => string;
  /** what is sent with it */
  readonly bearer: (name: string) => { readonly authorization: string };
}

/** Keys by name, each of some scopes or with more. */
export function makeKeys(wanted: Readonly<Record<string, KeyScope | Omit<NewKey, 'name'>>>): TestKeys {
  const made = Object.entries(wanted).map(([name, of]) =>
    createKey({ name, ...(typeof of === 'string' ? { scopes: [of] } : of) }),
  );
  const entries = made.map(({ entry }) => entry);
  const of = (name: string): string => made.find(({ entry }) => entry.name === name)?.key ?? '';
  return { entries, ring: keyRing(entries), of, bearer: name => ({ authorization: `Bearer ${of(name)}` }) };
}

/** The content of a file of keys. */
export const keyFile = ({ entries }: TestKeys): string => JSON.stringify({ format: 1, keys: entries });
