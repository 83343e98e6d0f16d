import { createHash } from 'node:crypto';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { indexFileName } from '../../src/lexical/persist.js';
import { createTokenIndex, loadTokenIndex, type TokenIndex } from '../../src/lexical/token-index.js';
import { explainTokens, searchTokens } from './ask.js';

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
const answers = (index: TokenIndex) => queries.map(query => searchTokens(index, { ...query, k: 10 }));

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
    expect(explainTokens(loaded, queries[1], 'new')).toEqual(explainTokens(index, queries[1], 'new'));
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

  it.each([indexFileName, '0.segment'])('find every flipped byte and every cut of %s, and name it', async name => {
    const folder = join(root, 'index');
    const file = join(folder, name);
    await smallIndex().save(folder);
    const whole = await readFile(file);
    const expectRefused = async (content: Buffer, what: string): Promise<void> => {
      await writeFile(file, content);
      await expect(loadTokenIndex(folder), what).rejects.toThrow(
        expect.objectContaining({ code: 'index/damaged', message: expect.stringContaining(file) }),
      );
    };
    const step = name === indexFileName ? 1 : 5; // coprime to the sizes of its numbers
    for (let i = 0; i < whole.length; i += step) {
      const altered = Buffer.from(whole);
      altered[i] ^= 1 << (i % 8);
      await expectRefused(altered, `byte ${i}`);
    }
    for (let length = 0; length < whole.length; length += 7)
      await expectRefused(whole.subarray(0, length), `length ${length}`);
    await expectRefused(Buffer.concat([whole, Buffer.alloc(8)]), 'longer');
    await writeFile(file, whole);
    expect((await loadTokenIndex(folder)).size).toBe(3);
  });

  it('refuse a version of another time, and a folder that is not there', async () => {
    const folder = join(root, 'index');
    await smallIndex().save(folder);
    const content = await readFile(join(folder, indexFileName));
    const head = 16 + content.readUInt32LE(12);
    for (const version of [1, 2, 99]) {
      content.writeUInt32LE(version, 8);
      content.set(createHash('sha256').update(content.subarray(0, head)).digest(), head);
      await writeFile(join(folder, indexFileName), content);
      await expect(loadTokenIndex(folder)).rejects.toThrow(
        expect.objectContaining({ code: 'index/unsupported-version' }),
      );
    }
    await expect(loadTokenIndex(join(root, 'none'))).rejects.toThrow(
      expect.objectContaining({ code: 'index/not-found' }),
    );
  });

  it('tell a segment that is missing, or of another index, from its own', async () => {
    const [mine, other] = [join(root, 'mine'), join(root, 'other')];
    await smallIndex().save(mine);
    const different = smallIndex();
    different.add({ id: 'more', title: 'one more hat' });
    await different.save(other);
    const damaged = expect.objectContaining({ code: 'index/damaged', message: expect.stringContaining('0.segment') });
    await copyFile(join(other, '0.segment'), join(mine, '0.segment'));
    await expect(loadTokenIndex(mine)).rejects.toThrow(damaged);
    await rm(join(mine, '0.segment'));
    await expect(loadTokenIndex(mine)).rejects.toThrow(damaged);
  });

  it('keep what was removed from several segments, and go on removing after loading', async () => {
    const index = smallIndex();
    index.flush();
    index.add({ id: 'later', title: 'red hat again' });
    index.flush();
    index.remove('\ud800');
    const [first] = index.segments();
    expect([first.isLive(0), first.documentFrequency('red')]).toEqual([false, 0]);
    await index.save(join(root, 'index'));
    const loaded = await loadTokenIndex(join(root, 'index'));
    expect(answers(loaded)).toEqual(answers(index));
    expect(loaded.size).toBe(3);
    expect([loaded.remove('\ud800'), loaded.remove('later'), loaded.remove('later')]).toEqual([false, true, false]);
    index.remove('later');
    expect(answers(loaded)).toEqual(answers(index));
  });

  it('leave nothing behind where the folder cannot be written', async () => {
    await writeFile(join(root, 'file'), '');
    await expect(smallIndex().save(join(root, 'file', 'index'))).rejects.toThrow();
    expect(await readdir(root)).toEqual(['file']);
  });
});
