import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildIndex, openIndex, TandemError } from '../../src/api/index.js';

let folder: string;
let made = 0;
const documents = Array.from({ length: 40 }, (_, i) => ({ id: `d${i}`, title: `lamp ${i}`, price: i }));
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-lifetime-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function newIndex(): Promise<string> {
  const out = join(folder, String(made++));
  await buildIndex({ documents, out });
  return out;
}

const codeOf = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => 'no error',
    error => (error instanceof TandemError ? error.code : error),
  );

describe('an index of the library', () => {
  it('is closed when what was asked is answered, once, and says so of everything later', async () => {
    const index = await openIndex(await newIndex(), { writable: true });
    const [found, written] = [index.search('lamp'), index.put([{ id: 'new', title: 'late lamp' }])];
    const closings = [index.close(), index.close()];
    expect((await found).hits).toHaveLength(10);
    expect(await codeOf(written)).toBe('no error');
    await Promise.all(closings);
    for (const asked of [index.search('nothing'), index.count(), index.get('d1'), index.put(documents), index.save()])
      expect(await codeOf(asked)).toBe('index/closed');
    await index.close();
  });

  it('lets timers have their turns between answers', async () => {
    const index = await openIndex(await newIndex());
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const until = performance.now() + 200;
    while (performance.now() < until) await index.search('lamp');
    clearInterval(timer);
    await index.close();
    expect(ticks).toBeGreaterThan(3);
  });

  it('is not opened for writing beside a reader of the same process, which is told what to do', async () => {
    const path = await newIndex();
    const reader = await openIndex(path);
    const refused = openIndex(path, { writable: true });
    await expect(refused).rejects.toMatchObject({ code: 'index/open-here' });
    expect((await reader.search('lamp')).hits).toHaveLength(10);
    await reader.close();
    const writer = await openIndex(path, { writable: true });
    const beside = await openIndex(path);
    await writer.put([{ id: 'new', title: 'violet umbrella' }]);
    await new Promise(resolve => setTimeout(resolve, 1_100));
    // a reader follows what is written, at the latest a second later
    expect((await beside.search('violet')).hits.map(({ id }) => id)).toEqual(['new']);
    await beside.close();
    await writer.close();
  });

  it('takes a member without a value in a patch for one that is not named', async () => {
    const index = await openIndex(await newIndex(), { writable: true });
    await index.patch([{ id: 'd1', price: undefined, stock: 3 }]);
    expect(await index.get('d1')).toEqual({ id: 'd1', title: 'lamp 1', price: 1, stock: 3 });
    await index.close();
  });

  it('names the document that is none among several', async () => {
    const index = await openIndex(await newIndex(), { writable: true });
    const bad = index.put([{ id: 'x', title: 'fine' }, { id: 'y' }]);
    await expect(bad).rejects.toMatchObject({
      code: 'data/malformed-row',
      message: expect.stringMatching(/^change 2: title/),
    });
    expect(await index.get('x')).toBeUndefined();
    await index.close();
  });
});

describe('rows of a program', () => {
  interface Shop {
    id: string;
    title: string;
    price: number;
  }
  const shop: Shop[] = documents;

  it.each<[string, () => Parameters<typeof buildIndex>[0]['documents']]>([
    ['a list of an interface', () => shop],
    ['a set', () => new Set(shop)],
    ['a generator', () => shop.values()],
    ['a function that yields them', () => () => shop.values()],
  ])('may be %s', async (_, given) => {
    const { documents: count } = await buildIndex({ documents: given(), out: join(folder, String(made++)) });
    expect(count).toBe(shop.length);
  });

  it('that fail, fail with their own error, and leave nothing', async () => {
    const mine = new Error('mine');
    const out = join(folder, String(made++));
    const failing = function* () {
      yield shop[0];
      throw mine;
    };
    await expect(buildIndex({ documents: failing, out })).rejects.toBe(mine);
    await expect(openIndex(out)).rejects.toMatchObject({ code: 'index/not-found' });
    for (const wrong of [{ id: 'a', title: 'b' }, () => 5] as never[])
      await expect(buildIndex({ documents: wrong, out })).rejects.toMatchObject({ code: 'usage/bad-value' });
  });
});
