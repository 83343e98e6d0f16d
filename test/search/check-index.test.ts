import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildIndex } from '../../src/search/build-index.js';
import { checkIndex } from '../../src/search/check-index.js';
import { checksumFolders } from '../../src/search/checksums.js';
import { indexFormat, readManifest, writeManifest } from '../../src/search/manifest.js';
import { openIndex } from '../../src/search/open-index.js';
import { repairIndex } from '../../src/search/repair-index.js';
import { storeFusionWeight } from '../../src/search/tuned-fusion.js';
import { openWritableIndex } from '../../src/search/writable-index.js';
import { openDocumentStore } from '../../src/store/document-store.js';
import { createFlatIndex } from '../../src/vector/flat-index.js';
import { embedText, indexing, letterModel, makeDocuments } from './fixture.js';
import { tunedTo } from './tuned-fixture.js';

let folder: string;
let whole: string;
let copies = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-check-'));
  whole = join(folder, 'whole');
  await buildIndex({ documents: makeDocuments(60), embedder: letterModel(), indexing: indexing(), out: whole });
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

describe('checkIndex', () => {
  it('finds nothing wrong with an index as built, and with commits that are not saved yet', async () => {
    const path = await copy();
    expect(await checkIndex(path)).toEqual({
      documents: 60,
      nothingToEmbed: 0,
      sequence: 1,
      savedSequence: 1,
      revision: 0,
      problems: [],
    });
    const index = await openWritableIndex(path, { embedder: letterModel(), saveEveryMs: 1e9 });
    await index.put([{ id: 'new', title: 'numbat' }]);
    await index.delete(['d0', 'd1']);
    expect(await checkIndex(path)).toMatchObject({ documents: 59, sequence: 3, savedSequence: 1, problems: [] });
    await index.close();
  });

  it.each(
    [
      { name: 'cut in half', spoil: half },
      { name: 'altered in one bit', spoil: flip },
      { name: 'missing', spoil: unlink },
    ].flatMap(how => [
      { ...how, file: 'tokens/tokens.bin', part: 'tokens' },
      { ...how, file: 'vectors/vectors.f32', part: 'vectors' },
      { ...how, file: 'vectors/vectors.json', part: 'vectors' },
    ]),
  )('names $file when it is $name; a repair makes it anew', async ({ spoil, file, part }) => {
    const path = await copy();
    const { files } = await readManifest(path);
    const named = file in files ? file : Object.keys(files).find(name => name.startsWith(`${part}/`))!;
    await spoil(join(path, named));
    const { problems } = await checkIndex(path);
    expect(problems).toEqual([{ part, message: expect.stringContaining(join(path, named)) }]);
    expect(await repairIndex(path, letterModel())).toMatchObject({ revision: 1, documents: 60 });
    expect(await checkIndex(path)).toMatchObject({ documents: 60, revision: 1, problems: [] });
    const index = await openIndex(path, { embedder: letterModel() });
    expect((await index.search({ text: 'hammer', k: 60, mode: 'vector' })).hits).toHaveLength(60);
    await index.close();
  });

  it('refuses tokens of an older version, which a repair makes anew from the documents', async () => {
    const path = await copy();
    const file = join(path, 'tokens', 'tokens.bin');
    const bytes = await readFile(file);
    bytes.writeUInt32LE(2, 8); // as before there were columns
    const head = 16 + bytes.readUInt32LE(12);
    bytes.set(createHash('sha256').update(bytes.subarray(0, head)).digest(), head);
    await writeFile(file, bytes);
    const manifest = await readManifest(path);
    await writeManifest(path, { ...manifest, files: await checksumFolders(path, ['tokens', 'vectors']) });
    await expect(openIndex(path)).rejects.toMatchObject({ code: 'index/unsupported-version' });
    const message = expect.stringMatching(/version 2, want 4; `tandem check --repair`/);
    expect((await checkIndex(path)).problems).toEqual([{ part: 'tokens', message }]);
    await repairIndex(path, letterModel());
    expect((await checkIndex(path)).problems).toEqual([]);
    const index = await openIndex(path);
    const filter = [{ range: { field: 'price', min: 50 } }];
    const dear = makeDocuments(60).filter(({ price = 0 }) => price >= 50);
    const { hits } = await index.search({ text: 'red green blue white black yellow', k: 60, mode: 'token', filter });
    expect(hits.map(({ id }) => id).sort()).toEqual(dear.map(({ id }) => id).sort());
    await index.close();
  });

  it('finds documents that are missing from one part or are there too many, whose checksums fit', async () => {
    const path = await copy();
    const vectors = createFlatIndex(16);
    for (const { id, title } of makeDocuments(60).slice(2)) vectors.add([id], embedText(title));
    vectors.add(['ghost'], embedText('ghost'));
    await vectors.save(join(path, 'vectors'));
    await writeManifest(path, {
      ...(await readManifest(path)),
      files: await checksumFolders(path, ['tokens', 'vectors']),
    });
    const { problems } = await checkIndex(path);
    expect(problems).toEqual([
      { part: 'vectors', message: '2 documents are missing: "d0", "d1"' },
      { part: 'vectors', message: '1 documents that the store has no embedding of' },
    ]);
  });

  it('finds documents without an embedding; a repair with the model embeds them', async () => {
    const path = await copy();
    const store = await openDocumentStore(join(path, 'documents'));
    await store.put([{ id: 'bare', title: 'numbat' }]);
    await store.close();
    expect((await checkIndex(path)).problems).toEqual([
      { part: 'documents', message: '1 documents without a sound embedding: "bare"' },
    ]);
    await repairIndex(path, letterModel());
    expect(await checkIndex(path)).toMatchObject({ documents: 61, problems: [] });
    const index = await openIndex(path, { embedder: letterModel() });
    expect((await index.search({ text: 'numbat', k: 1, mode: 'vector' })).hits[0].id).toBe('bare');
    await index.close();
  });

  it('finds that the store forgot what commits touched, or is older than tokens and vectors', async () => {
    const forgotten = await copy();
    const store = await openDocumentStore(join(forgotten, 'documents'));
    await store.put([{ id: 'new', title: 'zebra' }], embedText('zebra'));
    await store.trimChanges(store.sequence());
    await store.close();
    const older = await copy();
    const manifest = await readManifest(older);
    await writeManifest(older, { ...manifest, store: { ...manifest.store, sequence: 99 } });
    for (const path of [forgotten, older]) {
      expect((await checkIndex(path)).problems).toHaveLength(1);
      await repairIndex(path);
      expect((await checkIndex(path)).problems).toEqual([]);
    }
  });

  it('names the store when it is cut short: that cannot be repaired', async () => {
    const path = await copy();
    await half(join(path, 'documents', 'data.mdb'));
    expect((await checkIndex(path)).problems).toContainEqual({
      part: 'documents',
      message: expect.stringContaining(join(path, 'documents', 'data.mdb')),
      lost: true,
    });
    await expect(repairIndex(path)).rejects.toMatchObject({ code: 'index/documents-damaged' });
  });

  /** Flips a bit of what stands last under some bytes in the data file: the value that is in use. */
  async function flipInStore(path: string, text: string | Buffer): Promise<void> {
    const file = join(path, 'documents', 'data.mdb');
    const bytes = await readFile(file);
    bytes[bytes.lastIndexOf(text)] ^= 1;
    await writeFile(file, bytes);
  }

  it('tells which documents are altered, and that no repair brings them back', async () => {
    const path = await copy();
    const [{ title }] = makeDocuments(60).filter(({ id }) => id === 'd7');
    await flipInStore(path, title);
    expect((await checkIndex(path)).problems).toEqual([
      { part: 'documents', message: '1 documents whose record is altered: "d7"', lost: true },
    ]);
    await expect(repairIndex(path, letterModel())).rejects.toMatchObject({ code: 'index/documents-damaged' });
    const index = await openIndex(path, { embedder: letterModel() });
    expect((await index.get('d8'))?.id).toBe('d8');
    await expect(index.get('d7')).rejects.toMatchObject({ code: 'index/documents-damaged' });
    await index.close();
  });

  it('finds an altered embedding; a repair with the model embeds the document again', async () => {
    const path = await copy();
    const [{ title }] = makeDocuments(60).filter(({ id }) => id === 'd7');
    await flipInStore(path, Buffer.from(embedText(title).buffer));
    expect((await checkIndex(path)).problems).toEqual([
      { part: 'documents', message: '1 documents without a sound embedding: "d7"' },
    ]);
    await repairIndex(path, letterModel());
    expect((await checkIndex(path)).problems).toEqual([]);
    const index = await openIndex(path);
    expect(index.embedding('d7')).toEqual(embedText(title));
    await index.close();
  });

  it('finds an altered record of what a commit touched; a repair needs it no more', async () => {
    const path = await copy();
    const store = await openDocumentStore(join(path, 'documents'));
    await store.put([{ id: 'touched-by-commit', title: 'zebra' }], embedText('zebra'));
    await store.close();
    await flipInStore(path, '["touched-by-commit"]');
    expect((await checkIndex(path)).problems).toEqual([
      { part: 'tokens', message: expect.stringContaining('what commit 2 touched is altered') },
    ]);
    await repairIndex(path, letterModel());
    expect(await checkIndex(path)).toMatchObject({ documents: 61, problems: [] });
  });

  it('finds a curve of the fusion that is altered; a repair takes it away', async () => {
    const path = await copy();
    await storeFusionWeight(path, tunedTo(0.4));
    expect((await checkIndex(path)).problems).toEqual([]);
    await flip(join(path, 'fusion.json'));
    expect((await checkIndex(path)).problems).toEqual([
      { part: 'fusion', message: expect.stringContaining(join(path, 'fusion.json')) },
    ]);
    expect((await repairIndex(path, letterModel())).indexing.fusionWeight).toBe(0.4);
    expect((await checkIndex(path)).problems).toEqual([]);
  });

  it.each([
    ['the last commit seen', '"sequence": 1', '"sequence": 3'],
    ['a parameter of the ranking', '"k1": 0.4', '"k1": 0.5'],
    ['the name of the checksum', '"sha256": "', '"sha257": "'],
  ])('refuses a manifest that is altered in %s', async (_, from, to) => {
    const path = join(await copy(), 'manifest.json');
    const text = await readFile(path, 'utf8');
    expect(text).toContain(from);
    await writeFile(path, text.replace(from, to));
    await expect(checkIndex(join(path, '..'))).rejects.toMatchObject({
      code: 'index/manifest-damaged',
      message: expect.stringContaining(path),
    });
  });

  it('reads a manifest of format 1, which has no checksum, and writes the present one when documents are written', async () => {
    const path = await copy();
    const file = join(path, 'manifest.json');
    const { sha256: _, revision: __, ...manifest } = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify({ ...manifest, format: 1 }));
    expect((await checkIndex(path)).problems).toEqual([]);
    expect(JSON.parse(await readFile(file, 'utf8')).format).toBe(1);
    const index = await openWritableIndex(path, { embedder: letterModel() });
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
      format: indexFormat,
      revision: 0,
      sha256: expect.any(String),
    });
    await index.close();
    expect((await checkIndex(path)).problems).toEqual([]);
  });

  it('does not repair under a writer, nor with another model', async () => {
    const path = await copy();
    const index = await openWritableIndex(path, { embedder: letterModel() });
    await expect(repairIndex(path)).rejects.toMatchObject({ code: 'index/locked' });
    await index.close();
    await expect(repairIndex(path, letterModel('b'.repeat(64)))).rejects.toMatchObject({
      code: 'index/model-mismatch',
    });
  });

  it('says what is not there', async () => {
    await expect(checkIndex(join(folder, 'none'))).rejects.toMatchObject({ code: 'index/not-found' });
  });
});
