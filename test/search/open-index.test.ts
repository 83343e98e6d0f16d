import { cp, mkdtemp, readFile, rm, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealedJson } from '../../src/files/sealed-json.js';
import { buildIndex } from '../../src/search/build-index.js';
import { indexFormat, readManifest, writeManifest } from '../../src/search/manifest.js';
import { openIndex } from '../../src/search/open-index.js';
import { openDocumentStore } from '../../src/store/document-store.js';
import { embedText, indexing, letterModel, makeDocuments } from './fixture.js';

let folder: string;
let whole: string;
let copies = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-open-'));
  whole = join(folder, 'whole');
  await buildIndex({
    documents: makeDocuments(300),
    embedder: letterModel(),
    indexing: indexing({ exactBelow: 100 }),
    out: whole,
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function copy(): Promise<string> {
  const path = join(folder, `copy-${copies++}`);
  await cp(whole, path, { recursive: true });
  return path;
}
const half = async (path: string): Promise<void> => truncate(path, (await readFile(path)).length >> 1);
const flip = async (path: string): Promise<void> => {
  const bytes = await readFile(path);
  bytes[bytes.length >> 1] ^= 4;
  await writeFile(path, bytes);
};

describe('openIndex', () => {
  it('says what is not there', async () => {
    await expect(openIndex(join(folder, 'none'))).rejects.toMatchObject({ code: 'index/not-found' });
    await expect(openIndex(join(whole, 'manifest.json'))).rejects.toMatchObject({ code: 'index/not-found' });
  });

  it.each(
    [
      'vectors/vectors.graph',
      'vectors/vectors.f32',
      'vectors/vectors.f32.crc32',
      'vectors/vectors.json',
      'tokens/tokens.bin',
    ].flatMap(file => [
      { file, how: 'cut in half', spoil: half },
      { file, how: 'altered in one bit', spoil: flip },
      { file, how: 'missing', spoil: unlink },
    ]),
  )('names $file when it is $how', async ({ file, spoil }) => {
    const index = await copy();
    await spoil(join(index, file));
    await expect(openIndex(index)).rejects.toMatchObject({
      code: 'index/damaged',
      message: expect.stringContaining(join(index, file)),
    });
  });

  it.each([
    { file: 'manifest.json', code: 'manifest', how: 'cut in half', spoil: half },
    { file: 'manifest.json', code: 'manifest', how: 'altered in one bit', spoil: flip },
    {
      file: 'manifest.json',
      code: 'manifest',
      how: 'of another shape',
      spoil: (at: string) => writeFile(at, '{"format":1}'),
    },
    { file: 'documents/data.mdb', code: 'documents', how: 'cut in half', spoil: half },
    { file: 'documents/data.mdb', code: 'documents', how: 'missing', spoil: unlink },
  ])('names $file when it is $how', async ({ file, code, spoil }) => {
    const index = await copy();
    await spoil(join(index, file));
    await expect(openIndex(index)).rejects.toMatchObject({
      code: `index/${code}-damaged`,
      message: expect.stringContaining(join(index, file)),
    });
  });

  it('refuses a format that it does not know', async () => {
    const index = await copy();
    const manifest = JSON.parse(await readFile(join(index, 'manifest.json'), 'utf8'));
    await writeFile(
      join(index, 'manifest.json'),
      sealedJson({ ...manifest, sha256: undefined, format: indexFormat + 1, more: true }),
    );
    await expect(openIndex(index)).rejects.toMatchObject({
      code: 'index/unsupported-version',
      message: expect.stringContaining(`format ${indexFormat + 1}`),
    });
  });

  it('refuses another model than the one that the index was made with', async () => {
    await expect(openIndex(whole, { embedder: letterModel('b'.repeat(64)) })).rejects.toMatchObject({
      code: 'index/model-mismatch',
    });
    const wider = { ...letterModel(), width: 32 };
    await expect(openIndex(whole, { embedder: wider })).rejects.toMatchObject({ code: 'index/model-mismatch' });
  });

  it('answers token searches alone without vectors or without the model', async () => {
    const bare = join(folder, 'bare');
    await buildIndex({ documents: makeDocuments(10), indexing: indexing(), out: bare });
    for (const index of [await openIndex(bare, { embedder: letterModel() }), await openIndex(whole)]) {
      expect((await index.search({ text: 'hammer drill saw', k: 3, mode: 'token' })).hits.length).toBeGreaterThan(0);
      for (const mode of ['vector', 'hybrid'] as const) {
        await expect(index.search({ text: 'hammer', k: 3, mode })).rejects.toMatchObject({ code: 'index/no-vectors' });
      }
      await index.close();
    }
  });

  it('opens several at once, also the same one twice', async () => {
    const [one, two, other] = await Promise.all([
      openIndex(whole),
      openIndex(whole),
      copy().then(path => openIndex(path)),
    ]);
    await one.close();
    expect([await two.count(), await other.count()]).toEqual([300, 300]);
    expect((await two.search({ text: 'hammer', k: 1, mode: 'token' })).hits).toHaveLength(1);
    await Promise.all([two.close(), other.close()]);
  });

  it('takes in what the store received after the derived parts were written', async () => {
    const path = await copy();
    const store = await openDocumentStore(join(path, 'documents'));
    await store.put([{ id: 'new', title: 'zebra xylophone' }], embedText('zebra xylophone'));
    await store.put([{ id: 'd1', title: 'quokka' }], embedText('quokka'));
    await store.delete(['d0', 'd2']);
    await store.put([{ id: 'd2', title: 'returned wombat' }], embedText('returned wombat'));
    await store.close();
    const index = await openIndex(path, { embedder: letterModel() });
    const first = async (text: string, mode: 'token' | 'vector') =>
      (await index.search({ text, k: 1, mode })).hits[0]?.id;
    for (const mode of ['token', 'vector'] as const) {
      expect(await first('zebra xylophone', mode)).toBe('new');
      expect(await first('quokka', mode)).toBe('d1');
      expect(await first('returned wombat', mode)).toBe('d2');
    }
    expect(await index.count()).toBe(300);
    const everything = await index.search({ text: 'hammer', k: 1000, mode: 'vector', ef: 400 });
    expect(everything.hits.map(({ id }) => id)).not.toContain('d0');
    expect(everything.hits).toHaveLength(300);
    await index.close();
  });

  it('refuses derived parts that the store cannot explain', async () => {
    const ahead = await copy();
    const manifest = await readManifest(ahead);
    await writeManifest(ahead, { ...manifest, store: { ...manifest.store, sequence: 99 } });
    await expect(openIndex(ahead)).rejects.toMatchObject({ code: 'index/damaged' });

    const forgotten = await copy();
    const store = await openDocumentStore(join(forgotten, 'documents'));
    await store.put([{ id: 'new', title: 'zebra' }], embedText('zebra'));
    await store.trimChanges(store.sequence());
    await store.close();
    await expect(openIndex(forgotten)).rejects.toMatchObject({ code: 'index/damaged' });
  });
});
