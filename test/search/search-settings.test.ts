import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildIndex } from '../../src/search/build-index.js';
import type { EmbeddedIndex } from '../../src/search/embedded-backend.js';
import { followIndex } from '../../src/search/follow-index.js';
import { openIndex } from '../../src/search/open-index.js';
import {
  type SearchSettings,
  settingsOf,
  storeSettings,
  type TunedSettings,
} from '../../src/search/search-settings.js';
import { openWritableIndex } from '../../src/search/writable-index.js';
import { indexing, letterModel, makeDocuments } from './fixture.js';

const golden: TunedSettings = {
  wanted: 0.9,
  recall: 0.95,
  agreement: 0.97,
  deeper: { rank: 100, recall: 0.92 },
  queries: 20,
};
const narrow: SearchSettings = { ef: 3, candidates: 5, deeperCandidates: 20, rankingDepth: 7 };
const hnsw = { m: 4, efConstruction: 20, ef: 100 };
const query = { text: 'blue saw', mode: 'vector' } as const;
let folder: string;
let out: string;
const opened: EmbeddedIndex[] = [];
const open = async <I extends EmbeddedIndex>(opening: Promise<I>): Promise<I> => {
  const index = await opening;
  opened.push(index);
  return index;
};
const ids = async (index: Pick<EmbeddedIndex, 'search'>, request: object = {}): Promise<string[]> =>
  (await index.search({ ...query, k: 30, ...request })).hits.map(({ id }) => id);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-settings-'));
});
beforeEach(async () => {
  out = join(folder, 'index');
  await buildIndex({
    documents: makeDocuments(600),
    embedder: letterModel(),
    indexing: indexing({ candidates: 40, exactBelow: 10, hnsw, fusionWeight: 0.4 }),
    out,
  });
});
afterEach(async () => {
  for (const index of opened.splice(0)) await index.close();
});
afterAll(() => rm(folder, { recursive: true }));

describe('storeSettings', () => {
  it('changes what searches opened from now on use, and nothing else', async () => {
    const before = await open(openIndex(out, { embedder: letterModel() }));
    const asked = { ef: narrow.ef, k: narrow.ef };
    const byRequest = await ids(before, asked);
    await storeSettings(out, narrow, golden);
    const after = await open(openIndex(out, { embedder: letterModel() }));
    const { indexing: was } = before.manifest;
    const { ef, ...others } = narrow;
    expect(after.manifest).toEqual({
      ...before.manifest,
      golden,
      indexing: { ...was, ...others, hnsw: { ...was.hnsw, ef } },
    });
    expect(settingsOf(after.manifest)).toEqual(narrow);
    // the walk is the one that a request of this breadth got before, and a request's own still wins
    expect(await ids(after, { k: narrow.ef })).toEqual(byRequest);
    expect(await ids(after, { ef: hnsw.ef })).toEqual(await ids(before, { ef: hnsw.ef }));
  });

  it('refuses what is no setting, and changes nothing', async () => {
    const manifest = await readFile(join(out, 'manifest.json'));
    await expect(storeSettings(out, { ...narrow, ef: 0 }, golden)).rejects.toThrow();
    await expect(storeSettings(out, narrow, { ...golden, recall: 2 })).rejects.toThrow();
    expect(await readFile(join(out, 'manifest.json'))).toEqual(manifest);
  });

  it('outlives what a writer saves', async () => {
    const writer = await openWritableIndex(out, { embedder: letterModel() });
    await storeSettings(out, narrow, golden); // as if it came between its opening and its save
    await writer.put([{ id: 'new', title: 'a quokka' }]);
    await writer.close();
    const index = await open(openIndex(out, { embedder: letterModel() }));
    expect(index.manifest).toMatchObject({ revision: 1, golden });
    expect(settingsOf(index.manifest)).toEqual(narrow);
  });
});

describe('a follower', () => {
  it('takes settings over', async () => {
    const openCompanions = async () => ({ embedder: letterModel(), close: async () => undefined });
    const follower = await open(followIndex(out, { openCompanions, everyMs: 0 }));
    const wide = await ids(follower);
    await storeSettings(out, narrow, golden);
    const index = await open(openIndex(out, { embedder: letterModel() }));
    await ids(follower); // looks
    expect(await ids(follower)).toEqual(await ids(index));
    expect(await ids(follower)).not.toEqual(wide);
    expect(follower.manifest.golden).toEqual(golden);
    expect(settingsOf(follower.manifest)).toEqual(narrow);
  });
});

describe('retuned', () => {
  it('answers as an index with these settings does, and leaves the index as it is', async () => {
    const index = await open(openIndex(out, { embedder: letterModel() }));
    const [wide, tried] = [await ids(index), await ids(index.retuned(narrow))];
    expect(await ids(index)).toEqual(wide);
    await storeSettings(out, narrow, golden);
    expect(await ids(await open(openIndex(out, { embedder: letterModel() })))).toEqual(tried);
    expect(index.retuned(narrow).nearest(new Float32Array(16).fill(0.25), 2)).toHaveLength(2);
  });
});

describe('deeper pages', () => {
  it('come of a walk of their own, behind the first hits, and the broadest walk behind these', async () => {
    const index = await open(openIndex(out, { embedder: letterModel() }));
    const { embedding } = await letterModel().embedQuery(query);
    const walk = (ef: number): string[] => index.nearest(embedding, ef, { ef }).map(({ id }) => id);
    const behind = (first: readonly string[], more: readonly string[]): string[] => [
      ...first,
      ...more.filter(id => !first.includes(id)),
    ];
    const searched = index.retuned({ ...narrow, ef: 8, deeperCandidates: 20 });
    const two = behind(walk(8), walk(20));
    expect(await ids(searched, { k: 8 })).toEqual(walk(8));
    expect(await ids(searched, { k: 20 })).toEqual(two.slice(0, 20));
    expect(await ids(searched, { k: 200 })).toEqual(behind(two, walk(1_000)).slice(0, 200));
    expect(await ids(searched, { k: 1_000 })).toHaveLength(600);
  });
});
