import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildIndex } from '../../src/search/build-index.js';
import type { EmbeddedIndex } from '../../src/search/embedded-backend.js';
import { followIndex } from '../../src/search/follow-index.js';
import { readManifest } from '../../src/search/manifest.js';
import { openWritableIndex } from '../../src/search/writable-index.js';
import { openDocumentStore } from '../../src/store/document-store.js';
import { embedText, indexing, letterModel, makeDocuments } from './fixture.js';

/** An index with a graph whose store has received much that its derived parts have not seen: as after a kill before the first save. */
const known = 300;
const unsaved = 2_000;
const documents = makeDocuments(known + unsaved);

let folder: string;
let killed: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-after-kill-'));
  killed = join(folder, 'killed');
  await buildIndex({
    documents: documents.slice(0, known),
    embedder: letterModel(),
    indexing: indexing({ exactBelow: 10 }),
    out: killed,
  });
  const store = await openDocumentStore(join(killed, 'documents'));
  for (let from = known; from < documents.length; from += 100)
    await store.write(
      documents.slice(from, from + 100).map(document => ({ put: document, embedding: embedText(document.title) })),
    );
  await store.delete(['d0', 'd1']);
  await store.close();
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

async function copy(name: string): Promise<string> {
  const path = join(folder, name);
  await cp(killed, path, { recursive: true });
  return path;
}

/** Every document is found by its words and by its embedding, and what was deleted by neither. */
async function expectAll(index: EmbeddedIndex): Promise<void> {
  expect(index.vectorKind).toBe('int4-hnsw');
  expect(await index.count()).toBe(documents.length - 2);
  for (const { id, title } of [
    documents[2],
    documents[known],
    documents[known + 999],
    documents[documents.length - 1],
  ]) {
    const { hits } = await index.search({ text: title, k: 3, mode: 'token' });
    expect(hits[0].id).toBe(id);
    expect(index.nearest(embedText(title), 50).map(hit => hit.id)).toContain(id);
  }
  const all = index.nearest(embedText('lamp'), documents.length);
  expect(all.length).toBe(documents.length - 2);
  expect(all.some(({ id }) => id === 'd0' || id === 'd1')).toBe(false);
}

describe('an index that is opened after a kill', () => {
  it('answers whole at once, takes writes meanwhile, and has nothing to replay when it was closed', async () => {
    const path = await copy('written');
    const index = await openWritableIndex(path, { embedder: letterModel(), saveEveryMs: 1e9 });
    await expectAll(index);
    const sequence = await index.put([{ id: 'new', title: 'quixotic flugelhorn' }]);
    await index.delete(['d2']);
    expect(index.nearest(embedText('quixotic flugelhorn'), 1)[0].id).toBe('new');
    await index.close();
    const { store, documents: count } = await readManifest(path);
    expect(store.sequence).toBe(sequence + 1);
    expect(count).toBe(documents.length - 2);
    const again = await openWritableIndex(path, { embedder: letterModel() });
    expect(again.nearest(embedText('quixotic flugelhorn'), 1)[0].id).toBe('new');
    await again.close();
  });

  it('is whole for those who follow it, who may leave at once', async () => {
    const path = await copy('followed');
    const openCompanions = async () => ({ embedder: letterModel(), close: async () => undefined });
    const index = await followIndex(path, { openCompanions });
    await expectAll(index);
    await index.close();
  });

  it('loses nothing when it is killed again while its graph is made', async () => {
    const path = await copy('again');
    const script = fileURLToPath(new URL('start-after-kill.child.ts', import.meta.url));
    for (let kill = 0; kill < 3; kill++) {
      const child = spawn(process.execPath, ['--import', 'tsx', script, path, `${kill}`], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [line] = await once(child.stdout, 'data');
      expect(String(line)).toBe('acknowledged\n');
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    const index = await openWritableIndex(path, { embedder: letterModel() });
    for (let kill = 0; kill < 3; kill++) {
      const { hits } = await index.search({ text: `numbat${kill}`, k: 1, mode: 'token' });
      expect(hits[0].id).toBe(`n${kill}`);
      await index.delete([`n${kill}`]);
    }
    await expectAll(index);
    await index.close();
  });
});
