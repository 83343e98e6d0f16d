import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { buildIndex } from '../../src/search/build-index.js';
import { openWritableIndex } from '../../src/search/writable-index.js';
import { describeSearchBackend } from '../contract/search-backend.js';
import { indexing, letterModel } from './fixture.js';

let folder: string;
let made = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-contract-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describeSearchBackend('embedded', async (documents, withModel) => {
  const out = join(folder, String(made++));
  const embedder = withModel ? letterModel() : undefined;
  await buildIndex({ documents, embedder, indexing: indexing({ fusionWeight: 0.3 }), out });
  return openWritableIndex(out, { embedder });
});
