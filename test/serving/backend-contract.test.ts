import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { createApp } from '../../serving/app.js';
import type { App } from '../../serving/parts.js';
import { isErrorCode } from '../../src/errors/table.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { buildIndex } from '../../src/search/build-index.js';
import { openWritableIndex } from '../../src/search/writable-index.js';
import { describeSearchBackend, type WritableBackend } from '../contract/search-backend.js';
import { indexing, letterModel } from '../search/fixture.js';
import { calm } from './memory-backend.js';

let folder: string;
let made = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-contract-http-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Reply = Readonly<Record<string, unknown>>;

/** An error as it came over HTTP. */
function asError({ code, message, details }: Reply): TandemError {
  if (typeof code !== 'string' || !isErrorCode(code)) throw new Error(`no code of the table: ${code}`);
  return new TandemError(code, String(message), details as Readonly<Record<string, unknown>>);
}

/** A client of the service as a backend: what it gives came over the wire. */
function overHttp(app: App, close: () => Promise<void>): WritableBackend {
  const send = async (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, payload?: object | string) => {
    const type = typeof payload === 'string' ? { 'content-type': 'application/x-ndjson' } : {};
    const reply = await app.inject({ method, url, payload, headers: { host: 'localhost:80', ...type } });
    if (reply.statusCode >= 400) throw asError(reply.json());
    return reply;
  };
  const json = async (...asked: Parameters<typeof send>) => (await send(...asked)).json();
  const orUndefined = <T>(asked: Promise<T>): Promise<T | undefined> =>
    asked.catch((error: unknown) => {
      if (error instanceof TandemError && error.code === 'request/not-found') return undefined;
      throw error;
    });
  const address = (id: string): string => `/documents/${encodeURIComponent(id)}`;
  return {
    search: request => json('POST', '/search', request),
    next: (cursor, k) => json('POST', '/search/next', { cursor, k }),
    explain: (request, id) => orUndefined(json('POST', '/explain', { ...request, id })),
    get: id => orUndefined(json('GET', address(id))),
    count: async () => (await json('GET', '/health/ready')).documents,
    status: async () => {
      const ready = await json('GET', '/health/ready').catch((error: TandemError) => error);
      const { modes } = await json('GET', '/page/settings');
      return ready instanceof TandemError ? { modes, fault: ready } : { modes };
    },
    analyze: (text, language) => json('POST', '/analyze', { text, language }),
    complete: async ({ text, k }) =>
      (await json('GET', `/suggest?text=${encodeURIComponent(text)}&k=${k}`)).completions,
    dictionary: async () => (await json('GET', '/dictionary')).words,
    rules: async () => (await json('GET', '/rules')).rules,
    setRules: async rules => (await json('PUT', '/rules', { rules })).sequence,
    synonyms: async () => (await json('GET', '/synonyms')).rules,
    setSynonyms: async rules => (await json('PUT', '/synonyms', { rules })).sequence,
    deleteMatching: async (filter, options) => {
      const { sequence, ...deletion } = await json('POST', '/documents/delete', { filter, ...options });
      return { ...deletion, ...(sequence !== undefined && { receipt: sequence }) };
    },
    setDictionary: async words => {
      const { sequence, documents } = await json('PUT', '/dictionary', { words });
      return { receipt: sequence, documents };
    },
    write: async ([change]) => {
      if ('delete' in change) return (await json('DELETE', address(change.delete))).sequence;
      if ('put' in change) return (await json('PUT', address(change.put.id), change.put)).sequence;
      return (await json('PATCH', address(change.patch.id), change.patch)).sequence;
    },
    writeEach: async changes => {
      const lines = changes.map(change => `${JSON.stringify(change)}\n`).join('');
      const { payload } = await send('POST', '/documents/bulk', lines);
      const results: Reply[] = payload
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line));
      return results.slice(0, -1).map(result => ('code' in result ? asError(result) : (result.sequence as number)));
    },
    close,
  };
}

describeSearchBackend('over HTTP', async (documents, withModel) => {
  const out = join(folder, String(made++));
  const embedder = withModel ? letterModel() : undefined;
  await buildIndex({ documents, embedder, indexing: indexing({ fusionWeight: 0.3 }), out });
  const index = await openWritableIndex(out, { embedder });
  const parts = { backend: index, embedder, writing: index };
  const app = await createApp(parts, { admission: calm });
  return overHttp(app, async () => {
    await app.close();
    await index.close();
  });
});
