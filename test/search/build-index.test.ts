import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TandemError } from '../../src/errors/tandem-error.js';
import { buildIndex } from '../../src/search/build-index.js';
import { readManifest } from '../../src/search/manifest.js';
import { openIndex } from '../../src/search/open-index.js';
import { indexing, letterModel, makeDocuments } from './fixture.js';

let folder: string;
let out: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-build-'));
  out = join(folder, 'index');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const texts = (...titles: string[]) => titles.map((title, i) => ({ id: `d${i}`, title }));

describe('buildIndex', () => {
  it('writes the folder that the design names, and a manifest that fits its schema', async () => {
    const progress: number[] = [];
    const manifest = await buildIndex({
      documents: makeDocuments(2500),
      embedder: letterModel(),
      indexing: indexing(),
      out,
      onProgress: done => progress.push(done),
    });
    expect(progress).toEqual([1000, 2000, 2500]);
    expect((await readdir(out)).sort()).toEqual(['documents', 'manifest.json', 'tokens', 'vectors']);
    expect(await readManifest(out)).toEqual(manifest);
    expect(manifest).toMatchObject({ documents: 2500, duplicates: 0, width: 16, modelId: 'a'.repeat(64) });
    expect(manifest.store.sequence).toBe(3);
    expect(Object.keys(manifest.files)).toContain('vectors/vectors.graph');
    expect(await readdir(folder)).toEqual(['index']);
  });

  it('keeps few vectors in an exact index and none without a model', async () => {
    const few = await buildIndex({ documents: makeDocuments(20), embedder: letterModel(), indexing: indexing(), out });
    expect(Object.keys(few.files)).toContain('vectors/vectors.f32');
    const none = await buildIndex({ documents: makeDocuments(20), indexing: indexing(), out });
    expect(none).toMatchObject({ modelId: null, width: null });
    expect((await readdir(out)).sort()).toEqual(['documents', 'manifest.json', 'tokens']);
  });

  it('keeps the later of two documents of one id, in one batch and over batches, and counts the other', async () => {
    async function* rows() {
      yield { id: 'same', title: 'first hammer' };
      yield { id: 'same', title: 'second ladder' };
      yield* makeDocuments(1500);
      yield { id: 'd3', title: 'third valve' };
    }
    const manifest = await buildIndex({
      documents: rows(),
      embedder: letterModel(),
      indexing: indexing({ exactBelow: 0 }),
      out,
    });
    expect(manifest).toMatchObject({ documents: 1501, duplicates: 2 });
    const index = await openIndex(out, { embedder: letterModel() });
    expect((await index.get('same'))?.title).toBe('second ladder');
    const { hits } = await index.search({ text: 'third valve', k: 1, mode: 'vector' });
    expect(hits[0]).toMatchObject({ id: 'd3', score: expect.closeTo(1, 5) });
    const tokens = await index.search({ text: 'third', k: 5, mode: 'token' });
    expect(tokens.hits.map(({ id }) => id)).toEqual(['d3']);
    await index.close();
  });

  it('takes further parts in before the folder has its name, and does not mind them', async () => {
    const addParts = async (unfinished: string) => {
      await mkdir(join(unfinished, 'model'));
      await writeFile(join(unfinished, 'model', 'model.json'), '{}');
    };
    await buildIndex({ documents: texts('a lamp'), indexing: indexing(), out, addParts });
    expect(await readdir(join(out, 'model'))).toEqual(['model.json']);
    await (await openIndex(out)).close();
  });

  it('leaves nothing behind when it fails, and an older index as it was', async () => {
    await expect(buildIndex({ documents: [], indexing: indexing(), out })).rejects.toMatchObject({
      code: 'data/empty',
    });
    expect(await readdir(folder)).toEqual([]);
    await buildIndex({ documents: texts('a lamp'), indexing: indexing(), out });
    async function* broken() {
      yield* makeDocuments(1200);
      throw new TandemError('data/malformed-row', 'line 1201: no title');
    }
    await expect(buildIndex({ documents: broken(), indexing: indexing(), out })).rejects.toMatchObject({
      code: 'data/malformed-row',
    });
    expect(await readdir(folder)).toEqual(['index']);
    const index = await openIndex(out);
    expect(await index.count()).toBe(1);
    await index.close();
  });

  it('refuses an embedder that gives another number of values than it says', async () => {
    const embedder = { ...letterModel(), width: 15 };
    await expect(buildIndex({ documents: texts('lamp'), embedder, indexing: indexing(), out })).rejects.toMatchObject({
      code: 'internal',
    });
  });

  const child = fileURLToPath(new URL('build-index.child.ts', import.meta.url));

  it('leaves no folder of the final name when it is killed', async () => {
    const build = spawn(process.execPath, ['--import', 'tsx', child, out], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [progress] = await once(build.stdout, 'data');
    build.kill('SIGKILL');
    await once(build, 'exit');
    expect(Number.parseInt(String(progress), 10)).toBeGreaterThanOrEqual(1000);
    expect((await readdir(folder)).filter(name => !name.endsWith('.tmp'))).toEqual([]);
    await expect(openIndex(out)).rejects.toMatchObject({ code: 'index/not-found' });
  });

  // a limit on file sizes stands in for a full disk: LMDB meets the same short write
  it.skipIf(process.platform === 'win32')(
    'says what happened and leaves nothing when the store cannot grow',
    async () => {
      const command = `ulimit -f 4000; exec "${process.execPath}" --import tsx "${child}" "${out}"`;
      const build = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'ignore'] });
      let said = '';
      build.stdout.on('data', text => {
        said += text;
      });
      await once(build, 'close');
      expect(said).toMatch(/files\/(write-failed|disk-full)\n$/);
      expect(await readdir(folder)).toEqual([]);
    },
  );
});
