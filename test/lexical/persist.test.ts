import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { indexFileName } from '../../src/lexical/persist.js';
import { createTokenIndex, loadTokenIndex, type TokenIndex } from '../../src/lexical/token-index.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tandem-lexical-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const smallIndex = (): TokenIndex => {
  const index = createTokenIndex({
    bm25: { k1: 0.9, b: 0.4 },
    fieldWeights: { title: 1, description: 0.4 },
    language: 'en',
  });
  index.add({ id: 'gone', title: 'removed before saving' });
  index.add({ id: '\ud800', title: 'Red hat', description: 'warm' });
  index.add({ id: '\ud801', title: 'Blue hats and shoes', description: 'hat' });
  index.add({ id: 'é😀', title: '红色的心', language: 'zh' });
  index.remove('gone');
  return index;
};
const queries = [{ text: 'hat' }, { text: 'red shoes' }, { text: '红色', language: 'zh' }, { text: 'removed' }];
const answers = (index: TokenIndex) => queries.map(query => index.search({ ...query, k: 10 }));

describe('save and loadTokenIndex', () => {
  it('give back an equal index that goes on living', async () => {
    const index = smallIndex();
    await index.save(join(root, 'index'));
    const loaded = await loadTokenIndex(join(root, 'index'));
    expect(loaded.size).toBe(3);
    expect(answers(loaded)).toEqual(answers(index));
    for (const each of [index, loaded]) {
      each.remove('\ud801');
      each.add({ id: 'new', title: 'a new red hat' });
    }
    expect(answers(loaded)).toEqual(answers(index));
    expect(loaded.explain(queries[1], 'new')).toEqual(index.explain(queries[1], 'new'));
  });

  it('write the same bytes for the same index, also after a second round', async () => {
    await smallIndex().save(join(root, 'a'));
    await (await loadTokenIndex(join(root, 'a'))).save(join(root, 'b'));
    expect(await readFile(join(root, 'b', indexFileName))).toEqual(await readFile(join(root, 'a', indexFileName)));
  });

  it('save the index as it was at the call, and replace an older one', async () => {
    const index = smallIndex();
    await index.save(join(root, 'index'));
    const saving = index.save(join(root, 'index'));
    index.remove('\ud800');
    await saving;
    expect((await loadTokenIndex(join(root, 'index'))).size).toBe(3);
    expect(await readdir(root)).toEqual(['index']);
  });

  it('keep an empty index', async () => {
    await createTokenIndex({ bm25: { k1: 1, b: 0 }, fieldWeights: {}, language: 'und' }).save(join(root, 'index'));
    expect((await loadTokenIndex(join(root, 'index'))).size).toBe(0);
  });

  it('find every flipped byte and every cut, and name the file', async () => {
    const folder = join(root, 'index');
    const file = join(folder, indexFileName);
    await smallIndex().save(folder);
    const whole = await readFile(file);
    const damaged = expect.objectContaining({ code: 'index/damaged', message: expect.stringContaining(file) });
    for (let i = 0; i < whole.length; i++) {
      const altered = Buffer.from(whole);
      altered[i] ^= 1 << (i % 8);
      await writeFile(file, altered);
      await expect(loadTokenIndex(folder), `byte ${i}`).rejects.toThrow(damaged);
    }
    for (let length = 0; length < whole.length; length++) {
      await writeFile(file, whole.subarray(0, length));
      await expect(loadTokenIndex(folder), `length ${length}`).rejects.toThrow(damaged);
    }
    await writeFile(file, whole);
    expect((await loadTokenIndex(folder)).size).toBe(3);
  });

  it('refuse a version of another time, and a folder that is not there', async () => {
    const folder = join(root, 'index');
    await smallIndex().save(folder);
    const body = (await readFile(join(folder, indexFileName))).subarray(0, -32);
    body.writeUInt32LE(99, 8);
    await writeFile(join(folder, indexFileName), Buffer.concat([body, createHash('sha256').update(body).digest()]));
    await expect(loadTokenIndex(folder)).rejects.toThrow(
      expect.objectContaining({ code: 'index/unsupported-version' }),
    );
    await expect(loadTokenIndex(join(root, 'none'))).rejects.toThrow(
      expect.objectContaining({ code: 'index/not-found' }),
    );
  });

  it('leave nothing behind where the folder cannot be written', async () => {
    await writeFile(join(root, 'file'), '');
    await expect(smallIndex().save(join(root, 'file', 'index'))).rejects.toThrow();
    expect(await readdir(root)).toEqual(['file']);
  });
});
