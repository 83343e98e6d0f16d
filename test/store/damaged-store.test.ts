import { cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'lmdb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkPages } from '../../src/store/check-pages.js';
import { openDocumentStore } from '../../src/store/document-store.js';
import { openRecord, sealRecord } from '../../src/store/records.js';

let folder: string;
let whole: string;
let copies = 0;
const pageSize = 4096;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-damaged-'));
  whole = join(folder, 'whole');
  const store = await openDocumentStore(whole);
  const rows = Array.from({ length: 300 }, (_, i) => ({ id: `d${i}`, title: `number ${i} `.repeat(10) }));
  await store.put(rows, new Float32Array(600).fill(0.5));
  await store.put([{ id: 'large', title: 'x'.repeat(20_000) }]);
  for (let i = 0; i < 6; i++) await store.put([{ id: 'd0', title: `again ${i}` }], Float32Array.of(1, 0));
  await store.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const damaged = (path: string) => ({ code: 'index/documents-damaged', message: expect.stringContaining(path) });

/** A copy whose data file was changed. */
async function altered(change: (bytes: Buffer) => void): Promise<string> {
  const copy = join(folder, `copy-${copies++}`);
  await cp(whole, copy, { recursive: true });
  const path = join(copy, 'data.mdb');
  const bytes = await readFile(path);
  change(bytes);
  await writeFile(path, bytes);
  return copy;
}
const kindOf = (bytes: Buffer, page: number): number => bytes.readUInt16LE(page * pageSize + 18);
/** The latest meta page, and what it leads to. */
function latest(bytes: Buffer): { at: number; main: number; free: number } {
  const [even, odd] = [bytes.readBigUInt64LE(152), bytes.readBigUInt64LE(pageSize + 152)];
  const at = odd > even ? pageSize : 0;
  return { at, main: Number(bytes.readBigUInt64LE(at + 136)), free: Number(bytes.readBigUInt64LE(at + 88)) };
}
/** Root page of a database, by the record that the main tree has of it. */
function rootOf(bytes: Buffer, name: string): number {
  const page = latest(bytes).main * pageSize;
  const at = bytes.indexOf(`${name}\0`, page, 'latin1') + name.length + 1;
  return Number(bytes.readBigUInt64LE(at + 40));
}

describe('openDocumentStore on altered pages', () => {
  /** place of a byte, and the bits of it to flip */
  const flips: [string, (bytes: Buffer) => [at: number, bits: number]][] = [
    ['the mark of the first meta page', () => [24, 1]],
    ['the mark of the second', () => [pageSize + 24, 1]],
    ['the page size', () => [49, 2]],
    ['the flags of the file', bytes => [latest(bytes).at + 53, 0x10]],
    ['the number of the last transaction', bytes => [latest(bytes).at + 153, 4]],
    // 2 less is what the meta page before the last one would have been
    ['its second bit', bytes => [latest(bytes).at + 152, 2]],
    ['the root of the databases', bytes => [latest(bytes).at + 136, 8]],
    ['the number of entries', bytes => [latest(bytes).at + 128, 1]],
    ['a page that a branch leads to', bytes => [firstNode(bytes, rootOf(bytes, 'documents')), 1]],
    ['a page that a branch leads to, far away', bytes => [firstNode(bytes, rootOf(bytes, 'documents')) + 3, 0x40]],
    ['the place of a node', bytes => [rootOf(bytes, 'documents') * pageSize + 25, 0x80]],
    ['the kind of a page', bytes => [rootOf(bytes, 'documents') * pageSize + 18, 3]],
    ['the length of a key', bytes => [firstNode(bytes, rootOf(bytes, 'changes')) + 7, 0x20]],
    ['the name of a database', bytes => [bytes.indexOf('embeddings\0', latest(bytes).main * pageSize, 'latin1'), 1]],
    ['the pages of a large value', bytes => [overflowPage(bytes) * pageSize + 20, 1]],
  ];
  function firstNode(bytes: Buffer, page: number): number {
    return page * pageSize + 24 + bytes.readUInt16LE(page * pageSize + 24);
  }
  function overflowPage(bytes: Buffer): number {
    // the value is in use: its first page says that it is of 5 pages, 20,000 bytes
    for (let page = 2; page < bytes.length / pageSize; page++)
      if (kindOf(bytes, page) === 4 && bytes.readUInt32LE(page * pageSize + 20) === 5) return page;
    throw new Error('no large value');
  }

  it.each(flips)('names the file where one bit is altered in %s', async (_, flip) => {
    const copy = await altered(bytes => {
      const [at, bits] = flip(bytes);
      bytes[at] ^= bits;
    });
    await expect(openDocumentStore(copy, { readOnly: true })).rejects.toMatchObject(damaged(join(copy, 'data.mdb')));
    await expect(openDocumentStore(copy)).rejects.toMatchObject(damaged(join(copy, 'data.mdb')));
  });

  it('finds a page in the lists of free pages that is in use, where they are looked at', async () => {
    const copy = await altered(bytes => {
      const list = latest(bytes).free * pageSize;
      const node = list + 24 + bytes.readUInt16LE(list + 24);
      // behind the node's head, its key of 8 bytes and the length of the list: the first page of the list
      bytes.writeBigUInt64LE(BigInt(rootOf(bytes, 'documents')), node + 8 + 8 + 8);
    });
    const path = join(copy, 'data.mdb');
    await expect(openDocumentStore(copy)).rejects.toMatchObject(damaged(path));
    await expect(openDocumentStore(copy, { readOnly: true, thorough: true })).rejects.toMatchObject(damaged(path));
    const reader = await openDocumentStore(copy, { readOnly: true });
    expect(reader.count()).toBe(301);
    await reader.close();
  });

  it('names the file where pages in use are cut off', async () => {
    const { length } = await readFile(join(whole, 'data.mdb'));
    for (const at of [0, 100, pageSize, 2 * pageSize - 1, 3 * pageSize, length >> 1]) {
      const copy = await altered(() => undefined);
      await truncate(join(copy, 'data.mdb'), at);
      const opening = openDocumentStore(copy, { readOnly: true, thorough: true });
      await expect(opening, `${at}`).rejects.toMatchObject(damaged(join(copy, 'data.mdb')));
    }
  });

  it('finds nothing wrong with a store that was written to', async () => {
    await checkPages(join(whole, 'data.mdb'), { free: true });
  });
});

describe('records', () => {
  it('are told altered in any bit, and under another key', () => {
    const key = Buffer.from('key');
    const record = sealRecord(key, Buffer.from('{"id":"key"}'));
    expect(Buffer.from(openRecord(key, record, 'json', () => true) ?? []).toString()).toBe('{"id":"key"}');
    for (let bit = 0; bit < record.length * 8; bit++) {
      const other = Buffer.from(record);
      other[bit >> 3] ^= 1 << (bit & 7);
      expect(openRecord(key, other, 'json', () => true)).toBeUndefined();
    }
    expect(openRecord(Buffer.from('kez'), record, 'json', () => true)).toBeUndefined();
    expect(openRecord(key, record.subarray(0, 3), 'json', () => true)).toBeUndefined();
    expect(openRecord(key, Buffer.alloc(0), 'json', () => true)).toBeUndefined();
  });

  it('are read as they are where there were no checksums yet', () => {
    const key = Buffer.from('key');
    const values = new Uint8Array(Float32Array.of(1, 0.5).buffer);
    values[0] = 1; // may look like the mark
    expect(openRecord(key, values, 'embedding', () => false)).toEqual(values);
    expect(openRecord(key, values, 'embedding', () => true)).toBeUndefined();
    const sealed = sealRecord(key, values);
    expect(openRecord(key, sealed, 'embedding', () => false)).toEqual(Buffer.from(values));
  });

  it('of a document and an embedding say on reading which one is altered; the others are read', async () => {
    const copy = await altered(bytes => {
      const at = bytes.lastIndexOf('number 7 number 7', undefined, 'latin1');
      bytes[at] ^= 1;
    });
    const store = await openDocumentStore(copy, { readOnly: true });
    expect(() => store.get('d7')).toThrow(
      expect.objectContaining({ code: 'index/documents-damaged', message: expect.stringContaining('"d7"') }),
    );
    expect(() => [...store.documents()]).toThrow(expect.objectContaining({ code: 'index/documents-damaged' }));
    expect(store.get('d8')?.title).toContain('number 8');
    const told: string[][] = [];
    expect([...store.entries((id, what) => told.push([id, what]))]).toHaveLength(300);
    expect(told).toEqual([['d7', 'document']]);
    await store.close();
  });
});

it('reads and writes a store that was made before there were checksums', async () => {
  const path = join(folder, 'older');
  const root = open({ path, maxDbs: 8, noSubdir: false, overlappingSync: false });
  const documents = root.openDB('documents', { encoding: 'string', keyEncoding: 'binary' });
  const embeddings = root.openDB('embeddings', { encoding: 'binary', keyEncoding: 'binary' });
  const changes = root.openDB('changes', { encoding: 'json', keyEncoding: 'uint32' });
  const meta = root.openDB('meta', { encoding: 'json' });
  await root.transaction(() => {
    documents.put(Buffer.from('a'), '{"id":"a","title":"old"}');
    embeddings.put(Buffer.from('a'), Buffer.from(Float32Array.of(1, 0).buffer));
    changes.put(1, ['a']);
    meta.put('state', { sequence: 1, count: 1, width: 2 });
  });
  await root.close();

  const store = await openDocumentStore(path);
  expect([store.sequence(), store.count(), store.width()]).toEqual([1, 1, 2]);
  expect([...store.entries()]).toEqual([
    { id: 'a', document: { id: 'a', title: 'old' }, embedding: Float32Array.of(1, 0) },
  ]);
  expect([...store.changesAfter(0)]).toEqual([{ sequence: 1, ids: ['a'] }]);
  expect(await store.put([{ id: 'b', title: 'new' }], Float32Array.of(0, 1))).toBe(2);
  await store.close();
  const again = await openDocumentStore(path, { readOnly: true, thorough: true });
  expect(again.getMany(['a', 'b']).map(row => row?.title)).toEqual(['old', 'new']);
  expect([again.embedding('a'), again.embedding('b')]).toEqual([Float32Array.of(1, 0), Float32Array.of(0, 1)]);
  await again.close();
});
