import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';
import { buildIndex, openIndex } from '../../src/api/index.js';
import { describeSearchBackend } from '../contract/search-backend.js';

const model = fileURLToPath(new URL('../fixtures/model/2', import.meta.url));
let folder: string;
let made = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-contract-api-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describeSearchBackend('through the library', async (documents, withModel) => {
  const out = join(folder, String(made++));
  await buildIndex({ documents, out, ...(withModel && { model, indexing: { fusionWeight: 0.3 } }) });
  const index = await openIndex(out, { writable: true });
  return {
    ...index,
    complete: ({ text, ...options }) => index.complete(text, options),
    status: async () => ({ modes: index.modes }),
  };
});
