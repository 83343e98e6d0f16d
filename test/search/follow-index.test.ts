import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TandemError } from '../../src/errors/tandem-error.js';
import { buildIndex } from '../../src/search/build-index.js';
import type { EmbeddedIndex } from '../../src/search/embedded-backend.js';
import { type Companions, type FollowOptions, followIndex } from '../../src/search/follow-index.js';
import { setFusionWeight } from '../../src/search/tuned-fusion.js';
import { openWritableIndex, type WritableIndex } from '../../src/search/writable-index.js';
import { indexing, letterModel, makeDocuments } from './fixture.js';

let folder: string;
let whole: string;
let copies = 0;
const opened: EmbeddedIndex[] = [];
const failures: TandemError[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-follow-'));
  whole = join(folder, 'whole');
  await build(whole);
});
afterEach(async () => {
  for (const index of opened.splice(0)) await index.close();
  failures.length = 0;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const build = (out: string, modelId?: string) =>
  buildIndex({ documents: makeDocuments(60), embedder: letterModel(modelId), indexing: indexing(), out });

async function copy(): Promise<string> {
  const path = join(folder, `copy-${copies++}`);
  await cp(whole, path, { recursive: true });
  return path;
}
/** Looks at every search, unless told otherwise. */
async function follow(path: string, options: Partial<FollowOptions<Companions>> = {}) {
  const openCompanions = async () => ({ embedder: letterModel(), close: async () => undefined });
  const settings = { openCompanions, everyMs: 0, onFailure: (error: TandemError) => failures.push(error) };
  const index = await followIndex(path, { ...settings, ...options });
  opened.push(index);
  return index;
}
async function write(path: string): Promise<WritableIndex> {
  const index = await openWritableIndex(path, { embedder: letterModel(), saveEveryMs: 1e9 });
  opened.push(index);
  return index;
}
async function close(index: EmbeddedIndex): Promise<void> {
  opened.splice(opened.indexOf(index), 1);
  await index.close();
}
async function found(index: EmbeddedIndex, text: string, mode: 'token' | 'vector' = 'token'): Promise<string[]> {
  await nextTurn(); // as between two requests
  return (await index.search({ text, k: mode === 'token' ? 100 : 1, mode })).hits.map(({ id }) => id);
}

describe('followIndex', () => {
  it('sees what is put, replaced and deleted, by tokens and by vectors', async () => {
    const path = await copy();
    const [writer, reader] = [await write(path), await follow(path)];
    expect(await found(reader, 'numbat')).toEqual([]);
    await writer.put([{ id: 'a', title: 'numbat' }]);
    expect(await found(reader, 'numbat')).toEqual(['a']);
    expect(await found(reader, 'numbat', 'vector')).toEqual(['a']);
    await writer.write([{ put: { id: 'a', title: 'quokka' } }, { delete: 'd0' }]);
    expect(await found(reader, 'numbat')).toEqual([]);
    expect(await found(reader, 'quokka', 'vector')).toEqual(['a']);
    expect(await reader.count()).toBe(60);
    const { hits } = await reader.search({ text: 'x', k: 100, mode: 'vector' });
    expect(hits.map(({ id }) => id).sort()).toEqual(writer.ids().sort());
    expect(failures).toEqual([]);
  });

  it('looks at most as often as it is told', async () => {
    const path = await copy();
    const [writer, reader] = [await write(path), await follow(path, { everyMs: 1e9 })];
    await writer.put([{ id: 'a', title: 'numbat' }]);
    expect(await found(reader, 'numbat')).toEqual([]);
  });

  it('goes on over saves, each of which may forget what was before the one before', async () => {
    const path = await copy();
    const [writer, reader] = [await write(path), await follow(path)];
    for (let i = 0; i < 4; i++) {
      await writer.put([{ id: `a${i}`, title: `numbat ${i}` }]);
      await writer.save();
      expect(await found(reader, 'numbat')).toHaveLength(i + 1);
    }
    expect(reader.manifest.revision).toBe(0); // nothing had to be opened anew
  });

  it('opens the index anew where the store has forgotten what it lacks', async () => {
    const path = await copy();
    const [writer, reader] = [await write(path), await follow(path)];
    for (let i = 0; i < 3; i++) {
      await writer.put([{ id: `a${i}`, title: `numbat ${i}` }]);
      await writer.save();
    }
    while ((await found(reader, 'numbat')).length < 3) expect(failures).toEqual([]);
    expect(reader.manifest.revision).toBe(3);
    await writer.put([{ id: 'b', title: 'quokka' }]);
    expect(await found(reader, 'quokka')).toEqual(['b']);
  });

  it('takes many changes in while it answers', async () => {
    const path = await copy();
    const [writer, reader] = [await write(path), await follow(path)];
    for (let i = 0; i < 40; i++)
      await writer.put(Array.from({ length: 50 }, (_, j) => ({ id: `n${i}-${j}`, title: 'numbat' })));
    let before = 0;
    for (let now = 0; now < 100; before = now) {
      now = (await found(reader, 'numbat')).length;
      expect(now).toBeGreaterThanOrEqual(before);
    }
    while ((await reader.search({ text: 'x', k: 1000, mode: 'vector' })).hits.length < 1000) await nextTurn();
    expect(await reader.count()).toBe(2_060);
  });

  it('opens an index that was made again under its name, and not one of another model', async () => {
    const path = await copy();
    const reader = await follow(path);
    await buildIndex({
      documents: [{ id: 'only', title: 'numbat' }],
      embedder: letterModel(),
      indexing: indexing(),
      out: path,
    });
    while ((await found(reader, 'numbat')).length === 0) expect(failures).toEqual([]);
    expect(reader.ids()).toEqual(['only']);
    await build(path, 'b'.repeat(64));
    while (failures.length === 0) expect(await found(reader, 'numbat')).toEqual(['only']);
    expect(failures[0].code).toBe('index/model-mismatch');
  });

  it('takes over a weight of the fusion that was set since, without opening anything anew', async () => {
    const path = await copy();
    const [writer, reader] = [await write(path), await follow(path)];
    const order = async (weight?: number): Promise<string[]> => {
      const { hits } = await reader.search({ text: 'red hammer', k: 60, mode: 'hybrid', weight });
      return hits.map(({ id }) => id);
    };
    const [tokens, vectors] = [await order(0), await order(1)];
    expect(vectors).not.toEqual(tokens);
    expect(await order()).toEqual(tokens);
    await setFusionWeight(path, 1);
    await found(reader, 'hammer'); // the search that looks
    expect(await order()).toEqual(vectors);
    expect(reader.manifest.indexing.fusionWeight).toBe(1);
    await writer.put([{ id: 'a', title: 'numbat' }]);
    expect(await found(reader, 'numbat')).toEqual(['a']);
    expect(failures).toEqual([]);
  });

  it('tells why it cannot follow, and goes on answering', async () => {
    const path = await copy();
    const reader = await follow(path);
    await rename(path, `${path}-away`);
    while (failures.length === 0) expect(await found(reader, 'hammer')).not.toEqual([]);
    expect(failures[0].message).toContain(path);
    await rename(`${path}-away`, path);
    failures.length = 0;
    for (let i = 0; i < 5; i++) expect(await found(reader, 'hammer')).not.toEqual([]);
    expect(failures).toEqual([]);
  });

  it('lets searches end on the index that they began on, and closes it then', async () => {
    const path = await copy();
    let release: (() => void) | undefined;
    const held = new Promise<void>(resolve => {
      release = resolve;
    });
    const model = letterModel();
    const slow = {
      ...model,
      embedQuery: async (query: { text: string }) => {
        if (query.text === 'slow') await held;
        return model.embedQuery(query);
      },
    };
    const reader = await follow(path, {
      openCompanions: async () => ({ embedder: slow, close: async () => undefined }),
    });
    const search = reader.search({ text: 'slow', k: 60, mode: 'vector' });
    await buildIndex({
      documents: [{ id: 'only', title: 'numbat' }],
      embedder: model,
      indexing: indexing(),
      out: path,
    });
    while ((await found(reader, 'numbat')).length === 0);
    release?.();
    expect((await search).hits).toHaveLength(60);
    await close(reader);
  });

  it('opens what lies beside an index with it, and closes it when the last query that it embeds is through', async () => {
    const path = await copy();
    const closed: string[] = [];
    const taken: (string | null)[] = [];
    let release: (() => void) | undefined;
    const waiting = new Promise<void>(resolve => {
      release = resolve;
    });
    const openCompanions = async (_: string, { modelId }: { modelId: string | null }) => {
      const model = letterModel(modelId ?? undefined);
      const embedQuery = async (query: { text: string }) => {
        if (query.text === 'slow') await waiting;
        return model.embedQuery(query);
      };
      return { embedder: { ...model, embedQuery }, close: async () => void closed.push(model.modelId[0]) };
    };
    const reader = await follow(path, { openCompanions, onTaken: ({ modelId }) => taken.push(modelId) });
    const first = reader.embedder;
    const embedding = first?.embedQuery({ text: 'slow' });
    await build(path, 'b'.repeat(64));
    while (reader.embedder === first) await found(reader, 'hammer');
    expect([reader.embedder?.modelId[0], taken, closed]).toEqual(['b', ['b'.repeat(64)], []]);
    release?.();
    expect((await embedding)?.embedding).toHaveLength(16);
    expect(closed).toEqual(['a']);
    expect(await found(reader, 'red hammer', 'vector')).toHaveLength(1);
    await close(reader);
    expect(closed).toEqual(['a', 'b']);
  });

  it('says what it cannot take up once, and tries again, ever more seldom, until something else stands there', async () => {
    const path = await copy();
    let opened = 0;
    const openCompanions = async (_: string, { modelId }: { modelId: string | null }) => {
      opened++;
      if (modelId !== 'a'.repeat(64)) throw new TandemError('model/damaged', 'cut short');
      return { embedder: letterModel(), close: async () => undefined };
    };
    const reader = await follow(path, { openCompanions, everyMs: 5 });
    await build(path, 'b'.repeat(64));
    const until = performance.now() + 2_000;
    while (performance.now() < until) expect(await found(reader, 'hammer')).not.toEqual([]);
    expect((await reader.status()).fault?.code).toBe('model/damaged');
    expect(failures.map(({ code }) => code)).toEqual(['model/damaged']);
    // 10, 20, 40, ... ms after one another: ten of them take more than ten seconds
    expect(opened).toBeLessThan(12);
    await build(path);
    while ((await reader.status()).fault !== undefined) await found(reader, 'hammer');
    expect(reader.manifest.modelId).toBe('a'.repeat(64));
  });

  it('follows another process through its saves', { timeout: 300_000 }, async () => {
    const path = await copy();
    const reader = await follow(path, { everyMs: 20 });
    const child = fileURLToPath(new URL('follow.child.ts', import.meta.url));
    const writer = spawn(process.execPath, ['--import', 'tsx', child, path, '60'], { stdio: 'inherit' });
    const closed = once(writer, 'close');
    // every third is deleted again, so that 40 stay
    while ((await found(reader, 'numbat')).length < 40) await new Promise(resolve => setTimeout(resolve, 5));
    expect(await closed).toEqual([0, null]);
    const expected = Array.from({ length: 60 }, (_, n) => n).flatMap(n => (n % 3 === 0 ? [] : [`n${n}`]));
    while (JSON.stringify((await found(reader, 'numbat')).sort()) !== JSON.stringify(expected.sort()));
    expect(failures).toEqual([]);
  });
});
