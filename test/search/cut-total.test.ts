import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildIndex } from '../../src/search/build-index.js';
import type { EmbeddedIndex } from '../../src/search/embedded-backend.js';
import { openIndex } from '../../src/search/open-index.js';
import { indexing, letterModel, makeDocuments } from './fixture.js';

let folder: string;
let index: EmbeddedIndex;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-cut-total-'));
  const embedder = letterModel();
  await buildIndex({ documents: makeDocuments(80), embedder, indexing: indexing(), out: join(folder, 'index') });
  index = await openIndex(join(folder, 'index'), { embedder });
});
afterAll(async () => {
  await index.close();
  await rm(folder, { recursive: true, force: true });
});

it.each(['token', 'vector', 'hybrid'] as const)(
  'a total above a least score counts all hits that have it, however few are wanted, in mode %s',
  async mode => {
    const all = (await index.search({ text: 'red hammer', mode, k: 1000 })).hits;
    const minScore = all[Math.floor(all.length / 2)].score;
    const good = all.filter(({ score }) => score >= minScore).length;
    for (const k of [1, 3, 1000]) {
      const found = await index.search({ text: 'red hammer', mode, minScore, total: true, k });
      expect([k, found.total, found.hits.length]).toEqual([k, good, Math.min(k, good)]);
    }
  },
);
