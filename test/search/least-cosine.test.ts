import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildIndex } from '../../src/search/build-index.js';
import type { EmbeddedIndex } from '../../src/search/embedded-backend.js';
import { openIndex } from '../../src/search/open-index.js';
import { innerProduct } from '../../src/vector/cosine.js';
import { embedText, indexing, letterModel, makeDocuments } from './fixture.js';

const documents = makeDocuments(1500);
const text = 'red hammer drill';
const least = 0.8537; // no cosine of whole counts of letters lies on it
const cosine = (title: string): number => innerProduct(embedText(text), embedText(title), 0);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-cosine-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe.each([
  ['a graph', 0],
  ['an exact index', 10_000],
])('the least cosine, with %s', (name, exactBelow) => {
  let index: EmbeddedIndex;
  beforeAll(async () => {
    const out = join(folder, name);
    const embedder = letterModel();
    await buildIndex({ documents, out, indexing: indexing({ exactBelow }), embedder });
    index = await openIndex(out, { embedder });
  });
  afterAll(() => index.close());

  it.each([[{}], [{ filter: [{ range: { field: 'price', max: 30 } }] }]])(
    'is a radius of mode vector, beside %o',
    async more => {
      const ids = documents
        .filter(({ price }) => !('filter' in more) || Number(price) <= 30)
        .filter(({ title }) => cosine(title) >= least)
        .map(({ id }) => id);
      expect(ids.length).toBeGreaterThan(3);
      expect(ids.length).toBeLessThan(900);
      const { hits } = await index.search({ text, mode: 'vector', k: 1000, minCosine: least, ef: 1000, ...more });
      expect(hits.map(({ id }) => id).sort()).toEqual(ids.sort());
      const { hits: first } = await index.search({ text, mode: 'vector', k: 3, minCosine: least, ef: 1000, ...more });
      expect(first).toEqual(hits.slice(0, 3));
    },
  );

  it('holds for groups, and leaves what tokens find to tokens', async () => {
    const groupBy = { field: 'brand', size: 2 };
    const { hits } = await index.search({ text, mode: 'vector', k: 100, minCosine: least, groupBy });
    expect(hits.length).toBeGreaterThan(0);
    expect(hits.every(({ document }) => cosine(document.title) >= least)).toBe(true);
    const none = { text, minCosine: 1, k: 20 };
    const tokens = await index.search({ text, mode: 'token', k: 20 });
    const hybrid = await index.search({ ...none, mode: 'hybrid' });
    expect(hybrid.hits.map(({ id }) => id).sort()).toEqual(tokens.hits.map(({ id }) => id).sort());
    expect((await index.search({ ...none, mode: 'vector' })).hits).toEqual([]);
  });

  it.each([-1.01, 1.01, Number.NaN])('is refused as %f', async minCosine => {
    await expect(index.search({ text, minCosine })).rejects.toMatchObject({
      code: 'request/invalid',
      message: expect.stringContaining('minCosine'),
    });
  });
});
