import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeRanker } from '../../src/ranking/learned/ranker-file.js';
import { columnsFor } from '../../src/ranking/learned/tree-ranker.js';
import { buildIndex } from '../../src/search/build-index.js';
import type { EmbeddedIndex } from '../../src/search/embedded-backend.js';
import { followIndex } from '../../src/search/follow-index.js';
import { setRanker } from '../../src/search/index-ranker.js';
import { readManifest } from '../../src/search/manifest.js';
import { openIndex } from '../../src/search/open-index.js';
import { openWritableIndex } from '../../src/search/writable-index.js';
import { dearFirst } from '../ranker-fixture.js';
import { indexing, letterModel, makeDocuments } from './fixture.js';

const documents = makeDocuments(300);
const prices = new Map(documents.map(({ id, price }) => [id, price as number]));
const embedder = letterModel();
const asked = { text: 'red drill' };
let folder: string;
let index: EmbeddedIndex;
const file = dearFirst({ calibration: { scores: [0, 2], chances: [0.1, 0.9], cut: 2, relevanceLevel: 1 } });

async function textOf(ranker: typeof file): Promise<string> {
  const path = join(folder, 'ranker.json');
  await writeRanker(path, ranker);
  return readFile(path, 'utf8');
}
async function build(name: string): Promise<string> {
  const out = join(folder, name);
  await buildIndex({ documents, embedder, indexing: indexing({ candidates: 40, fusionWeight: 0.4 }), out });
  return out;
}
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-ranker-'));
  const out = await build('index');
  await setRanker(out, await textOf(file));
  index = await openIndex(out, { embedder });
});
afterAll(async () => {
  await index.close();
  await rm(folder, { recursive: true });
});

const ids = ({ hits }: { readonly hits: readonly { readonly id: string }[] }): string[] => hits.map(({ id }) => id);

describe('an index with a ranker', () => {
  it('orders the best of the hybrid anew, and leaves what lies beyond behind them', async () => {
    const without = ids(await index.search({ ...asked, k: 60, ranker: false }));
    const { hits } = await index.search({ ...asked, k: 60 });
    const worth = (id: string): number => ((prices.get(id) ?? 0) > 50 ? 2 : 0) + ((prices.get(id) ?? 0) > 80 ? 1 : 0);
    const head = without.slice(0, file.depth);
    expect(new Set(ids({ hits }).slice(0, file.depth))).toEqual(new Set(head));
    expect(ids({ hits }).slice(file.depth)).toEqual(without.slice(file.depth));
    const worths = hits.slice(0, file.depth).map(({ id }) => worth(id));
    expect(worths).toEqual([...worths].sort((a, b) => b - a));
    expect(worths[0]).toBeGreaterThan(0);
    const scores = hits.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
  });

  it('gives the first k of any longer answer', async () => {
    const long = await index.search({ ...asked, k: 200 });
    for (const k of [1, 5, 20, 21, 45]) {
      const { hits } = await index.search({ ...asked, k });
      expect(hits).toEqual(long.hits.slice(0, k));
    }
    const first = await index.search({ ...asked, k: 15, pages: true });
    const second = await index.next(first.cursor ?? '', 15);
    expect([...ids(first), ...ids(second)]).toEqual(ids(long).slice(0, 30));
  });

  it('does without it where a request says so, gives a weight, or asks one side', async () => {
    const plain = ids(await index.search({ ...asked, ranker: false }));
    expect(ids(await index.search({ ...asked, weight: 0.4 }))).toEqual(plain);
    expect(ids(await index.search({ ...asked, weight: 0.4, ranker: true }))).toEqual(ids(await index.search(asked)));
    const token = await index.search({ ...asked, mode: 'token' });
    expect(ids(await index.search({ ...asked, mode: 'token', ranker: false }))).toEqual(ids(token));
  });

  it('explains a score by what each feature added', async () => {
    const { hits } = await index.search({ ...asked, k: 5, explain: true });
    for (const { id, score, parts } of hits) {
      const shares = parts?.ranker?.features ?? [];
      expect(shares.reduce((sum, { adds }) => sum + adds, parts?.ranker?.base ?? 0)).toBeCloseTo(score, 9);
      const price = shares.find(({ feature }) => feature === 'number:price');
      expect(price === undefined || price.value === prices.get(id)).toBe(true);
      expect(parts?.ranker?.chance).toBe(score >= 2 ? 0.9 : 0.1);
    }
  });

  it('learns from the numbers that it serves with, bit for bit', async () => {
    const { table } = await index.candidates(asked, file.depth);
    const columns = columnsFor(file, table);
    const { hits } = await index.search({ ...asked, k: file.depth, explain: true });
    const row = new Map(table.ids.map((id, at) => [id, at]));
    let seen = 0;
    for (const { id, parts } of hits)
      for (const { feature, value } of parts?.ranker?.features ?? []) {
        const column = columns[file.trees.features.findIndex(({ name }) => name === feature)];
        expect(value).toBe(column[row.get(id) as number]);
        expect(Math.fround(value as number)).toBe(value);
        seen++;
      }
    expect(seen).toBeGreaterThan(file.depth);
  });

  it('leaves out what is bad, and says in the total how much is good', async () => {
    const all = await index.search({ ...asked, k: 100 });
    const good = all.hits.filter(({ score }) => score >= 2);
    expect(good.length).toBeGreaterThan(2);
    expect(good.length).toBeLessThan(100);
    const cut = await index.search({ ...asked, k: 3, minScore: 'auto', total: true });
    expect(cut.hits).toEqual(good.slice(0, 3));
    expect(cut.total).toBe(good.length);
    const least = all.hits[4].score;
    const numbers = await index.search({ ...asked, k: 100, minScore: least });
    expect(numbers.hits).toEqual(all.hits.filter(({ score }) => score >= least));
  });

  it.each([
    [{ minScore: 'auto', mode: 'token' }, /minScore: auto goes by a ranker/],
    [{ minScore: 'auto', ranker: false }, /minScore: auto goes by the ranker, which this request does not want/],
    [{ minScore: 'auto', weight: 0.5 }, /minScore: auto goes by the ranker/],
    [{ minScore: 1, sort: [{ field: 'price', order: 'ascending' }] }, /minScore: sorted hits have no score/],
  ] as const)('refuses %o', async (request, message) => {
    await expect(index.search({ ...asked, ...request })).rejects.toMatchObject({
      code: 'request/invalid',
      message: expect.stringMatching(message),
    });
  });
});

describe('the ranker of an index', () => {
  it('is taken over by who follows', async () => {
    const out = await build('followed');
    const companions = { embedder, close: async () => undefined };
    const reader = await followIndex(out, { openCompanions: async () => companions, everyMs: 0 });
    const [first, plain] = [{ ...asked, k: 5 }, ids(await reader.search(asked))];
    await setRanker(out, await textOf(file));
    expect(ids(await reader.search(asked))).not.toEqual(plain);
    await setRanker(out, undefined);
    expect((await readdir(out)).filter(name => name.startsWith('ranker'))).toEqual([]);
    expect(ids(await reader.search(first))).toEqual(plain.slice(0, 5));
    await reader.close();
  });

  it('is kept by who writes', async () => {
    const out = await build('written');
    await setRanker(out, await textOf(file));
    const writer = await openWritableIndex(out, { embedder });
    await writer.put([{ id: 'new', title: 'red drill', price: 1e6 }]);
    expect(ids(await writer.search(asked))[0]).toBe('new');
    await writer.save();
    await writer.close();
    expect((await readManifest(out)).ranker).toMatch(/^[0-9a-f]{64}$/);
    const reader = await openIndex(out, { embedder });
    expect(ids(await reader.search(asked))[0]).toBe('new');
    await reader.close();
  });

  it('is refused where it is damaged, and leaves the index as it was', async () => {
    const out = await build('damaged');
    const text = await textOf(file);
    for (const bad of ['', '{}', text.replace('"depth":20', '"depth":30'), text.slice(0, 100)])
      await expect(setRanker(out, bad)).rejects.toMatchObject({ code: 'ranker/damaged' });
    const unknown = { ...file.trees, features: [{ name: 'moon', kind: 'number' as const }, file.trees.features[1]] };
    await expect(setRanker(out, await textOf({ ...file, trees: unknown }))).rejects.toMatchObject({
      code: 'ranker/unknown-feature',
    });
    expect((await readManifest(out)).ranker).toBeUndefined();
    expect((await readdir(out)).filter(name => name.startsWith('ranker'))).toEqual([]);
    const { ranker: sha256 } = await setRanker(out, text);
    await writeFile(join(out, `ranker.${sha256?.slice(0, 12)}.json`), text.replace('20', '21'));
    await expect(openIndex(out, { embedder })).rejects.toMatchObject({ code: 'index/damaged' });
  });
});
