import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { addGeneration } from '../../src/search/add-generation.js';
import { buildIndex } from '../../src/search/build-index.js';
import { checkIndex } from '../../src/search/check-index.js';
import { dropGeneration } from '../../src/search/drop-generation.js';
import type { EmbeddedIndex } from '../../src/search/embedded-backend.js';
import { readGenerations } from '../../src/search/generation.js';
import { readManifest } from '../../src/search/manifest.js';
import { openIndex } from '../../src/search/open-index.js';
import { openWritableIndex, type WritableIndex } from '../../src/search/writable-index.js';
import { expectWhole, modelOf, openModel } from './expect-whole.js';
import { indexing, makeDocuments } from './fixture.js';
import { halfModel } from './two-models.js';

let folder: string;
let whole: string;
let copies = 0;
const opened: EmbeddedIndex[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-generations-'));
  whole = join(folder, 'whole');
  const documents = makeDocuments(300);
  await buildIndex({ documents, embedder: halfModel('first'), indexing: indexing({ exactBelow: 100 }), out: whole });
});
afterEach(async () => {
  for (const index of opened.splice(0)) await index.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function copy(): Promise<string> {
  const path = join(folder, `copy-${copies++}`);
  await cp(whole, path, { recursive: true });
  return path;
}
const add = (path: string, options: Partial<Parameters<typeof addGeneration>[1]> = {}) =>
  addGeneration(path, {
    embedder: halfModel('second'),
    fusionWeight: 0.5,
    addParts: async () => undefined,
    ...options,
  });
async function write(path: string): Promise<WritableIndex> {
  const index = await openWritableIndex(path, { openModel, saveEveryMs: 1e9 });
  opened.push(index);
  return index;
}
async function close(index: EmbeddedIndex): Promise<void> {
  opened.splice(opened.indexOf(index), 1);
  await index.close();
}
async function read(path: string, generation?: number): Promise<EmbeddedIndex> {
  const { generations, manifest } = await readGenerations(path);
  const number = generation ?? manifest.generation;
  const embedder = modelOf(generations.find(each => each.number === number) ?? manifest);
  const index = await openIndex(path, { embedder, generation });
  opened.push(index);
  return index;
}
const switchTo = async (path: string, generation: number): Promise<void> => {
  const index = await write(path);
  await index.switchTo(generation);
  await close(index);
};
/** The same of an opening for reading, which is closed again. */
async function expectRead(path: string, which: 'first' | 'second', count: number, generation?: number): Promise<void> {
  const index = await read(path, generation);
  await expectWhole(index, which, count);
  await close(index);
}

describe('generations', () => {
  it('are one in an index as it is made', async () => {
    const { generations } = await readGenerations(whole);
    expect(generations).toMatchObject([{ number: 0, modelId: 'a'.repeat(64) }]);
  });

  it('are added beside the one that is searched, which stays as it is', async () => {
    const path = await copy();
    const before = await readManifest(path);
    await add(path);
    expect(await readManifest(path)).toEqual(before);
    const { generations } = await readGenerations(path);
    expect(generations).toMatchObject([
      { number: 0 },
      { number: 1, modelId: 'b'.repeat(64), settings: { fusionWeight: 0.5 } },
    ]);
    await expectRead(path, 'first', 300);
    await expectRead(path, 'second', 300, 1);
    expect((await checkIndex(path)).problems).toEqual([]);
  });

  it('are switched to and back, with their weights', async () => {
    const path = await copy();
    await add(path);
    await switchTo(path, 1);
    expect(await readManifest(path)).toMatchObject({
      ...{ generation: 1, previousGeneration: 0, modelId: 'b'.repeat(64) },
      indexing: { fusionWeight: 0.5 },
    });
    await expectRead(path, 'second', 300);
    await expectRead(path, 'first', 300, 0);
    expect((await checkIndex(path)).problems).toEqual([]);
    await switchTo(path, 0);
    expect(await readManifest(path)).toMatchObject({
      generation: 0,
      previousGeneration: 1,
      indexing: { fusionWeight: 0 },
    });
    await expectRead(path, 'first', 300);
    expect((await checkIndex(path)).problems).toEqual([]);
  });

  it('all get what is written, before, while and after they are added and switched', async () => {
    const path = await copy();
    const index = await write(path);
    let next = 0;
    const writeSome = async () => {
      await index.write([
        { put: { id: `new-${next}`, title: `aardvark ${next}` } },
        { put: { id: `d${next}`, title: `changed ${next}` } },
        { delete: `d${next + 100}` },
      ]);
      next++;
    };
    await writeSome();
    await index.save();
    await writeSome();
    let progress = 0;
    const written: Promise<void>[] = [];
    await add(path, {
      onProgress: () => {
        if (progress++ < 20) written.push(writeSome());
      },
    });
    await Promise.all(written);
    expect(written.length).toBeGreaterThan(3);
    await index.save();
    await writeSome();
    await index.switchTo(1);
    await expectWhole(index, 'second', 300);
    await writeSome();
    await index.save();
    await writeSome();
    await index.save();
    await expectWhole(index, 'second', 300);
    expect((await checkIndex(path)).problems).toEqual([]);
    await index.switchTo(0);
    await expectWhole(index, 'first', 300);
    await close(index);
    expect((await checkIndex(path)).problems).toEqual([]);
    await expectRead(path, 'first', 300);
  });

  it('are whole where documents are deleted while they are switched', async () => {
    const path = await copy();
    await add(path);
    const index = await openWritableIndex(path, {
      openModel: async (folder, manifest) => {
        const opened = await openModel(folder, manifest);
        const model = modelOf(manifest);
        if (model?.modelId !== halfModel('second').modelId) return opened;
        // the vectors of the generation still have them when the tokens, which do not, are saved with them
        const embedDocuments = async (rows: Parameters<typeof model.embedDocuments>[0]) => {
          await index.delete(['d10', 'd11', 'd12']);
          return model.embedDocuments(rows);
        };
        return { ...opened, embedder: { ...model, embedDocuments } };
      },
      saveEveryMs: 1e9,
    });
    opened.push(index);
    await index.put([{ id: 'later', title: 'numbat' }]);
    await index.switchTo(1);
    expect(await readManifest(path)).toMatchObject({ generation: 1, nothingToEmbed: 0 });
    await expectWhole(index, 'second', 298);
    await close(index);
    await expectRead(path, 'second', 298);
    expect((await checkIndex(path)).problems).toEqual([]);
  });

  it('are dropped with all that is theirs, the first one too', async () => {
    const path = await copy();
    await add(path);
    await switchTo(path, 1);
    await dropGeneration(path, 0);
    expect((await readGenerations(path)).generations).toMatchObject([{ number: 1 }]);
    expect(await readdir(path)).not.toContain('vectors');
    await expectRead(path, 'second', 300);
    const index = await write(path);
    await index.put([{ id: 'later', title: 'numbat' }]);
    await index.save();
    await expectWhole(index, 'second', 301);
    await close(index);
    expect((await checkIndex(path)).problems).toEqual([]);
    await add(path, { embedder: halfModel('first') });
    await switchTo(path, 2);
    await dropGeneration(path, 1);
    expect(await readdir(join(path, 'generations'))).toEqual(['2']);
    await expectRead(path, 'first', 301);
  });

  it('give vectors to an index of tokens alone, and take them away again', async () => {
    const path = join(folder, `tokens-${copies++}`);
    await buildIndex({ documents: makeDocuments(50), indexing: indexing(), out: path });
    await add(path);
    await switchTo(path, 1);
    await expectRead(path, 'second', 50);
    await switchTo(path, 0);
    const index = await read(path);
    expect((await index.status()).modes).toEqual(['token']);
  });

  it('refuse what cannot be', async () => {
    const path = await copy();
    await expect(add(path, { embedder: halfModel('first') })).rejects.toMatchObject({ code: 'generation/exists' });
    const end = new Error('enough');
    await expect(
      add(path, {
        onProgress: () => {
          throw end;
        },
      }),
    ).rejects.toBe(end);
    const third = { ...halfModel('second'), modelId: 'c'.repeat(64) };
    await expect(add(path, { embedder: third })).rejects.toMatchObject({ code: 'generation/unfinished' });
    await expect(openIndex(path, { generation: 1 })).rejects.toMatchObject({ code: 'generation/unfinished' });
    const index = await write(path);
    await expect(index.switchTo(1)).rejects.toMatchObject({ code: 'generation/unfinished' });
    await expect(index.switchTo(7)).rejects.toMatchObject({ code: 'generation/unknown' });
    await expectWhole(index, 'first', 300);
    await close(index);
    await expect(dropGeneration(path, 0)).rejects.toMatchObject({ code: 'generation/active' });
    await expect(dropGeneration(path, 7)).rejects.toMatchObject({ code: 'generation/unknown' });
    await add(path);
    await expect(add(path)).rejects.toMatchObject({ code: 'generation/exists' });
    await dropGeneration(path, 1);
    expect((await readGenerations(path)).generations).toHaveLength(1);
    expect((await checkIndex(path)).problems).toEqual([]);
  });

  it('go on where they were ended', async () => {
    const path = await copy();
    const documents = makeDocuments(300);
    let embedded = 0;
    const counting = halfModel('second');
    const embedder = {
      ...counting,
      embedDocuments: async (rows: typeof documents) => {
        embedded += rows.length;
        return counting.embedDocuments(rows);
      },
    };
    let told = 0;
    const onProgress = () => {
      if (told++ === 1) throw new Error('ended');
    };
    await expect(add(path, { embedder, onProgress } as never)).rejects.toThrow('ended');
    expect(embedded).toBe(256);
    await add(path, { embedder } as never);
    expect(embedded).toBe(300);
    await expectRead(path, 'second', 300, 1);
  });
});
