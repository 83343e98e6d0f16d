import type { z } from 'zod';
import { createClient, type TandemClient } from '../../src/client/index.js';
import { createAsk } from '../../src/client/request.js';
import type { settingsReply } from '../page-schemas.js';

/** What the service says that the page may offer. */
export type Settings = z.output<typeof settingsReply>;

/** A service as it is asked with a key. */
export interface Service {
  readonly client: TandemClient;
  readonly settings: () => Promise<Settings>;
  /** The answer of a route that the client has no method for. */
  readonly json: <T>(path: string, body?: unknown, method?: 'GET' | 'POST' | 'PUT') => Promise<T>;
  /** The same as the text that it is. */
  readonly text: (path: string) => Promise<string>;
  readonly key: string | undefined;
}

/** Kept for this tab alone. */
const keyName = 'tandem-key';
export const keptKey = (): string | undefined => sessionStorage.getItem(keyName) ?? undefined;
export const keepKey = (key: string): void => sessionStorage.setItem(keyName, key);

/** The service that this page is of. */
export function openService(key: string | undefined): Service {
  const options = {
    url: new URL('.', document.baseURI).href,
    ...(key !== undefined && { key }),
    // no password of the browser goes along, and it asks for none
    fetch: (input: Parameters<typeof fetch>[0], init?: RequestInit) => fetch(input, { ...init, credentials: 'omit' }),
  };
  const ask = createAsk(options);
  const json = async <T>(path: string, body?: unknown, method?: 'GET' | 'POST' | 'PUT'): Promise<T> =>
    JSON.parse(await ask({ path, ...(body !== undefined && { method: 'POST', body }), ...(method && { method }) }));
  return {
    client: createClient(options),
    settings: () => json('page/settings'),
    json,
    text: path => ask({ path }),
    key,
  };
}
