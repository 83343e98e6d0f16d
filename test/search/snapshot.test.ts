import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildIndex } from '../../src/search/build-index.js';
import { checkIndex } from '../../src/search/check-index.js';
import { openIndex } from '../../src/search/open-index.js';
import { restoreSnapshot, takeSnapshot } from '../../src/search/snapshot.js';
import { openWritableIndex } from '../../src/search/writable-index.js';
import { indexing, letterModel, makeDocuments } from './fixture.js';

let folder: string;
let whole: string;
let places = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-snapshot-'));
  whole = join(folder, 'whole');
  await buildIndex({
    documents: makeDocuments(60),
    embedder: letterModel(),
    indexing: indexing(),
    out: whole,
    addParts: async unfinished => {
      await mkdir(join(unfinished, 'model'));
      await writeFile(join(unfinished, 'model', 'model.json'), '{}');
    },
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const place = (): string => join(folder, `place-${places++}`);
async function copy(): Promise<string> {
  const path = place();
  await cp(whole, path, { recursive: true });
  return path;
}

describe('takeSnapshot and restoreSnapshot', () => {
  it('give the index back with all that stands in it', async () => {
    const [snapshot, restored] = [place(), place()];
    await takeSnapshot(whole, snapshot);
    await restoreSnapshot(snapshot, restored);
    expect((await readdir(restored)).sort()).toEqual(['documents', 'manifest.json', 'model', 'tokens', 'vectors']);
    expect(await checkIndex(restored)).toMatchObject({ documents: 60, problems: [] });
    const [before, after] = [await openIndex(whole), await openIndex(restored)];
    const request = { text: 'red hammer', k: 20, mode: 'token' } as const;
    expect((await after.search(request)).hits).toEqual((await before.search(request)).hits);
    expect(after.embedding('d7')).toEqual(before.embedding('d7'));
    await Promise.all([before.close(), after.close()]);
  });

  it('are taken while documents are written and saved: each holds what was acknowledged before, in whole requests', async () => {
    const path = await copy();
    const index = await openWritableIndex(path, { embedder: letterModel(), saveEveryMs: 1 });
    let written = 0;
    let writing = true;
    const writes = (async () => {
      // every request moves the pair on together: no snapshot may see one without the other
      for (; writing; written++) {
        const title = `step ${written}`;
        await index.put([
          { id: 'left', title },
          { id: 'right', title },
        ]);
      }
    })();
    for (let i = 0; i < 8; i++) {
      const acknowledged = written;
      const [snapshot, restored] = [place(), place()];
      await takeSnapshot(path, snapshot);
      await restoreSnapshot(snapshot, restored);
      expect((await checkIndex(restored)).problems).toEqual([]);
      const again = await openWritableIndex(restored, { embedder: letterModel() }); // the writer of the original has no claim here
      const [left, right] = [await again.get('left'), await again.get('right')];
      expect(left?.title).toBe(right?.title);
      if (acknowledged > 0) expect(Number(left?.title.slice(5))).toBeGreaterThanOrEqual(acknowledged - 1);
      await again.close();
    }
    writing = false;
    await writes;
    await index.close();
  });

  it('find every file of a snapshot that was altered or is missing', async () => {
    const snapshot = place();
    const { files } = await takeSnapshot(whole, snapshot);
    expect(Object.keys(files).sort()).toContain('documents/data.mdb');
    for (const name of Object.keys(files)) {
      const path = join(snapshot, name);
      const bytes = await readFile(path);
      const altered = Buffer.from(bytes);
      altered[altered.length >> 1] ^= 1;
      await writeFile(path, altered);
      const out = place();
      const damaged = { code: 'files/damaged', message: expect.stringContaining(path) };
      await expect(restoreSnapshot(snapshot, out)).rejects.toMatchObject(damaged);
      await rm(path);
      await expect(restoreSnapshot(snapshot, out)).rejects.toMatchObject(damaged);
      await expect(readdir(out)).rejects.toThrow();
      await writeFile(path, bytes);
    }
    await restoreSnapshot(snapshot, place());
  });

  it('say what is not there, and refuse to copy a damaged index', async () => {
    await expect(takeSnapshot(place(), place())).rejects.toMatchObject({ code: 'index/not-found' });
    await expect(restoreSnapshot(whole, place())).rejects.toMatchObject({ code: 'data/not-found' });
    const [path, out] = [await copy(), place()];
    await writeFile(join(path, 'vectors', 'vectors.json'), '{}');
    await expect(takeSnapshot(path, out)).rejects.toMatchObject({ code: 'index/damaged' });
    await expect(readdir(out)).rejects.toThrow();
  });
});
