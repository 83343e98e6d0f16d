import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DocumentRow } from '../../src/config/rows.js';
import { openDocumentStore } from '../../src/store/document-store.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-store-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const row = (id: string, title = `title of ${id}`): DocumentRow => ({ id, title });

describe('openDocumentStore', () => {
  it('keeps documents, embeddings, count and sequence over a reopening', async () => {
    const store = await openDocumentStore(folder);
    expect(store.sequence()).toBe(0);
    expect(await store.put([row('a'), row('b')], Float32Array.of(1, 0, 0, 1))).toBe(1);
    expect(await store.put([{ ...row('c'), price: 3, tags: ['x', { deep: null }] }])).toBe(2);
    await store.close();

    const again = await openDocumentStore(folder, { readOnly: true });
    expect(again.getMany(['c', 'none', 'a'])).toEqual([
      { id: 'c', title: 'title of c', price: 3, tags: ['x', { deep: null }] },
      undefined,
      row('a'),
    ]);
    expect([again.count(), again.sequence(), again.width()]).toEqual([3, 2, 2]);
    expect(again.embedding('b')).toEqual(Float32Array.of(0, 1));
    expect(again.embedding('c')).toBeUndefined();
    expect([again.has('a'), again.has('none')]).toEqual([true, false]);
    await again.close();
  });

  it('reads the embeddings of another generation while it goes through the documents, however often it is opened', async () => {
    const [count, width, openings] = [360, 512, 150];
    const rows = Array.from({ length: count }, (_, i) => row(`d${String(i).padStart(3, '0')}`));
    const vector = (i: number): Float32Array => new Float32Array(width).fill(i);
    const store = await openDocumentStore(folder);
    await store.put(rows, new Float32Array(count * width));
    const release = await store.generations.claim(1);
    await store.generations.begin(1, width);
    const given = rows.map(({ id }, i) => ({ id, embedding: vector(i) }));
    await store.generations.write(1, given, {});
    await release();
    await store.close();
    const expected = rows.map(({ id }, i) => [id, i]);
    // where its database is opened in the middle, some openings in a hundred fail, or end the process
    for (let time = 0; time < openings; time++) {
      const again = await openDocumentStore(folder, { readOnly: true });
      const found = Array.from(again.ofGeneration(1).entries(), ({ id, embedding }) => [id, embedding?.[0]]);
      expect(found).toEqual(expected);
      await again.close();
    }
  });

  it('replaces: the later one wins, also within one call, and an old embedding goes', async () => {
    const store = await openDocumentStore(folder);
    await store.put([row('a', 'old'), row('a', 'new')], Float32Array.of(1, 0, 0, 1));
    expect([store.count(), store.get('a')?.title]).toEqual([1, 'new']);
    expect(store.embedding('a')).toEqual(Float32Array.of(0, 1));
    await store.put([row('a', 'newer')]);
    expect([store.count(), store.get('a')?.title, store.embedding('a')]).toEqual([1, 'newer', undefined]);
    await store.close();
  });

  it('tells which ids the commits touched, until they are trimmed', async () => {
    const store = await openDocumentStore(folder);
    await store.put([row('a'), row('b')]);
    await store.delete(['a', 'unknown']);
    await store.put([row('c')]);
    expect([...store.changesAfter(1)]).toEqual([
      { sequence: 2, ids: ['a', 'unknown'] },
      { sequence: 3, ids: ['c'] },
    ]);
    await store.trimChanges(2);
    expect([...store.changesAfter(0)].map(change => change.sequence)).toEqual([3]);
    expect([store.count(), store.sequence()]).toEqual([2, 3]);
    await store.close();
  });

  it('gives concurrent commits different sequence numbers', async () => {
    const store = await openDocumentStore(folder);
    const numbers = await Promise.all(Array.from({ length: 20 }, (_, i) => store.put([row(`d${i}`)])));
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(store.count()).toBe(20);
    await store.close();
  });

  it('refuses an id that UTF-8 cannot hold and embeddings of another width, and stores nothing of the call', async () => {
    const store = await openDocumentStore(folder);
    await store.put([row('a')], Float32Array.of(1, 0));
    await expect(store.put([row('b'), row('\ud800')])).rejects.toMatchObject({ code: 'data/malformed-row' });
    await expect(store.put([row('b')], Float32Array.of(1, 0, 0))).rejects.toMatchObject({
      code: 'index/model-mismatch',
    });
    expect([store.count(), store.sequence(), store.has('b')]).toEqual([1, 1, false]);
    await store.close();
  });

  it('behaves as a Map under random operations', async () => {
    const id = fc.oneof(
      fc.constantFrom('a', 'b', 'c', 'd'),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
    );
    const operation = fc.oneof(
      fc.record({ put: fc.array(fc.tuple(id, fc.string({ unit: 'binary' })), { minLength: 1, maxLength: 4 }) }),
      fc.record({ remove: fc.array(id, { maxLength: 3 }) }),
    );
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 12 }), async operations => {
        const store = await openDocumentStore(join(folder, `run-${run++}`));
        const model = new Map<string, string>();
        for (const step of operations) {
          if ('put' in step) {
            await store.put(step.put.map(([key, title]) => row(key, title)));
            for (const [key, title] of step.put) model.set(key, title);
          } else {
            await store.delete(step.remove);
            for (const key of step.remove) model.delete(key);
          }
        }
        expect(store.count()).toBe(model.size);
        expect(store.sequence()).toBe(operations.length);
        expect(new Map(Array.from(store.entries(), entry => [entry.id, entry.document.title]))).toEqual(model);
        await store.close();
      }),
      { numRuns: 25 },
    );
  });

  it('takes ids of the greatest length and of control characters', async () => {
    const store = await openDocumentStore(folder);
    const ids = ['\u6f22'.repeat(512), '\u0000'.repeat(512), '\u0000', '\u0001'];
    await store.put(ids.map(id => row(id)));
    expect(ids.map(id => store.get(id)?.id)).toEqual(ids);
    expect(store.count()).toBe(4);
    await store.close();
  });

  it.each([
    ['missing', async () => {}],
    ['empty', (path: string) => writeFile(path, '')],
    ['something else', (path: string) => writeFile(path, 'no database '.repeat(2000))],
    [
      'cut inside the second meta page',
      async (path: string) => {
        const store = await openDocumentStore(folder);
        await store.put([row('a')]);
        await store.close();
        await truncate(path, 5000);
      },
    ],
  ])('names a data file that is %s instead of ending the process', async (_, spoil) => {
    const path = join(folder, 'data.mdb');
    await spoil(path);
    await expect(openDocumentStore(folder, { readOnly: true })).rejects.toMatchObject({
      code: 'index/documents-damaged',
      message: expect.stringContaining(path),
    });
  });
});
