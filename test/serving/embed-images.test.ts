import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EmbedImagesOptions, embedImages } from '../../serving/jobs/embed-images.js';
import { colours, plainPicture, writeMeanEncoder } from '../models/images/fixture.js';

let folder: string;
const at = (name: string): string => join(folder, name);
const names = colours.map(colour => `${colour}.png`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-images-'));
  await mkdir(at('pictures'));
  for (const colour of colours) await writeFile(at(`pictures/${colour}.png`), await plainPicture(colour));
  await copyFile(at('pictures/red.png'), at('pictures/again.png'));
  await writeFile(at('pictures/empty.png'), '');
  await copyFile(at('pictures/empty.png'), at('pictures/void.png'));
  await writeMeanEncoder(at('encoder'));
});
afterAll(() => rm(folder, { recursive: true }));

const run = (references: readonly string[], cache: string, more: Partial<EmbedImagesOptions> = {}) =>
  embedImages({
    references,
    images: new Set(references).size,
    root: at('pictures'),
    encoder: at('encoder'),
    cache: at(cache),
    ...more,
  });

/** Colours as the mean encoder sees them: root mean square 1, so the one colour becomes sqrt(3), each of two sqrt(3 / 2). */
const expected = {
  'red.png': [Math.sqrt(3), 0, 0],
  'again.png': [Math.sqrt(3), 0, 0],
  'blue.png': [0, 0, Math.sqrt(3)],
  'cyan.png': [0, Math.sqrt(1.5), Math.sqrt(1.5)],
} as const;

describe('embedImages', () => {
  it('embeds what the cache does not have, a content of two names once', async () => {
    const first = await run([...names, 'again.png'], 'once');
    expect(first.counts).toEqual({ images: 7, embedded: 6, cached: 1, unreadable: 0, codes: {}, examples: [] });
    for (const [name, colour] of Object.entries(expected)) {
      const [vector] = first.vectors.of([name]);
      for (const [c, value] of colour.entries()) expect(vector[c]).toBeCloseTo(value, 5);
    }
    first.close();
    const second = await run([...names, 'again.png'], 'once');
    expect(second.counts).toMatchObject({ embedded: 0, cached: 7 });
    second.close();
  });

  it('waits for a content that is being embedded under another name', async () => {
    const { counts, vectors, close } = await run(['red.png', 'again.png'], 'waiting');
    expect(counts).toMatchObject({ images: 2, embedded: 1, cached: 1 });
    expect(vectors.of(['again.png'])).toEqual(vectors.of(['red.png']));
    close();
  });

  it('goes through repeated references once, however long they are', async () => {
    const uri = `data:image/png;base64,${(await plainPicture('red', 64)).toString('base64')}`;
    expect(uri.length).toBeGreaterThan(120);
    const references = [uri, 'red.png', uri, 'red.png'];
    const { counts, vectors, close } = await run(references, 'repeated');
    expect(counts).toMatchObject({ images: 2, embedded: 2, cached: 0 });
    expect(vectors.of(references)).toHaveLength(4);
    close();
  });

  it('counts what it could not read, by code, and goes on', async () => {
    const uri = `data:image/png;base64,${(await plainPicture('red')).toString('base64')}`;
    const references = ['empty.png', 'red.png', 'gone.png', '../x.png', 'http://a/b.png', 'void.png', uri];
    const { vectors, counts, close } = await run(references, 'counted');
    expect(counts).toMatchObject({
      images: 7,
      embedded: 1,
      cached: 1,
      unreadable: 5,
      codes: { 'image/unreadable': 2, 'image/not-found': 1, 'image/bad-reference': 2 },
    });
    expect(counts.examples.map(({ reference }) => reference).sort()).toEqual(
      ['empty.png', 'gone.png', '../x.png', 'http://a/b.png', 'void.png'].sort(),
    );
    expect(vectors.of(references)).toHaveLength(2);
    expect(vectors.of(['red.png'])).toEqual(vectors.of([uri]));
    close();
  });

  it('worker threads write what this thread writes', { timeout: 120_000 }, async () => {
    const here = await run([...names, 'empty.png'], 'here');
    const seen: number[] = [];
    const threads = await run([...names, 'empty.png'], 'threads', { workers: 2, onProgress: done => seen.push(done) });
    expect(threads.counts).toEqual(here.counts);
    expect(threads.vectors.of(names)).toEqual(here.vectors.of(names));
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7]);
    here.close();
    threads.close();
  });

  it('makes the vectors of a damaged cache anew and says so', async () => {
    (await run(names, 'damaged')).close();
    const [encoder] = await readdir(at('damaged'));
    const [file] = await readdir(join(at('damaged'), encoder));
    const path = join(at('damaged'), encoder, file);
    const bytes = await readFile(path);
    bytes[60] ^= 1;
    await writeFile(path, bytes);
    const notices: string[] = [];
    const { counts, vectors, close } = await run(names, 'damaged', { onNotice: text => notices.push(text) });
    expect(counts).toMatchObject({ embedded: 1, cached: 5 });
    expect(notices).toEqual([`${path}: was damaged; 1 of its vectors are made anew`]);
    expect(vectors.of(names)).toHaveLength(6);
    close();
  });

  it('ends with what ends its progress, and keeps what it had done', async () => {
    const stop = new Error('interrupted');
    const onProgress = (done: number): void => {
      if (done === 2) throw stop;
    };
    await expect(run(names, 'stopped', { onProgress })).rejects.toBe(stop);
    const { counts, close } = await run(names, 'stopped');
    expect(counts.embedded).toBeLessThan(6);
    expect(counts.embedded + counts.cached).toBe(6);
    close();
  });

  it.each([
    ['no encoder', { encoder: 'nowhere' }, 'data/not-found'],
    ['a cache that cannot be made', { cache: 'encoder/image.onnx' }, 'files/write-failed'],
  ])(
    '%s ends the work with its code',
    async (_, { encoder = 'encoder', cache = 'c' }: Record<string, string>, code) => {
      await expect(run(names, cache, { encoder: at(encoder) })).rejects.toMatchObject({ code });
    },
  );
});
