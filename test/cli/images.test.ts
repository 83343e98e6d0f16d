import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../models/runtime/load-model.js';
import { serveIndex } from '../../src/api/server/serve-index.js';
import { colours, plainPicture, writeMeanEncoder } from '../models/images/fixture.js';
import { hasRedis, startRedis } from '../redis-server.js';
import { jsonLines } from '../small-model.js';
import { runTandem } from './run-tandem.js';
import { fromSources } from './serve-process.js';

let folder: string;
const at = (name: string): string => join(folder, name);

/** Nothing but the picture says of what colour a thing is; each has a picture of its own size, hence of its own content. */
const documents = Array.from({ length: 48 }, (_, i) => ({
  id: `d${i}`,
  title: 'thing',
  images: i % 16 === 0 ? [`${i}.png`, 'gone.png'] : [`${i}.png`],
}));
const colourOf = (id: string): string => colours[Number(id.slice(1)) % colours.length];

const narrow = [
  ...['--set', 'towers.document=["image"]', '--set', 'towers.embeddingWidth=16', '--set', 'towers.tableWidth=16'],
  ...['--set', 'towers.trigramBuckets=256', '--set', 'towers.wordBuckets=256', '--set', 'towers.image.hidden=16'],
  ...['--set', 'training.batchSize=24', '--set', 'training.warmupSteps=2', '--set', 'training.learningRate=0.02'],
  ...['--set', 'training.stages=[{"name":"short","epochs":20,"pseudoShare":0}]', '--set', 'training.threads=1'],
];

const ok = async (...words: string[]) => {
  const ended = await runTandem(words);
  expect(ended.error).not.toMatch(/^tandem: /m);
  expect(ended.exit).toBe(0);
  return ended;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-pictured-'));
  await mkdir(at('pictures'));
  for (const { id } of documents) {
    const i = Number(id.slice(1));
    await writeFile(at(`pictures/${i}.png`), await plainPicture(colourOf(id), 16 + i));
  }
  await writeMeanEncoder(at('encoder'));
  await writeFile(at('documents.jsonl'), jsonLines(documents));
  await writeFile(at('pairs.jsonl'), jsonLines(documents.map(({ id }) => ({ query: colourOf(id), documentId: id }))));
  const inputs = ['--documents', at('documents.jsonl'), '--pairs', at('pairs.jsonl')];
  await ok('prepare', ...inputs, '--split', '1,0,0', '--out', at('data'));
  const images = ['--pictures', at('pictures'), '--image-encoder', at('encoder')];
  const { error } = await ok('train', '--data', at('data'), '--out', at('model'), ...images, ...narrow);
  expect(error).toContain('48 embedded, 0 known; 1 of 49 images could not be read: first gone.png (image/not-found');
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

const cacheFiles = async (): Promise<string[]> => {
  const [encoder] = await readdir(at('image-cache'));
  return readdir(join(at('image-cache'), encoder));
};

describe('documents with pictures', { timeout: 120_000 }, () => {
  it('the model has the encoder with it, and model.json its checksums', async () => {
    const { files, vocabulary } = JSON.parse(await readFile(at('model/model.json'), 'utf8'));
    expect(Object.keys(files)).toEqual(expect.arrayContaining(['image-encoder.json', 'image.onnx']));
    expect(vocabulary.imageWidth).toBe(3);
    expect(await readFile(at('model/image.onnx'))).toEqual(await readFile(at('encoder/image.onnx')));
    const altered = at('altered');
    await mkdir(altered);
    for (const name of await readdir(at('model'))) await copyFile(at(`model/${name}`), join(altered, name));
    await writeFile(join(altered, 'image.onnx'), 'altered');
    await expect(loadModel(altered)).rejects.toMatchObject({ code: 'model/damaged' });
  });

  it('are indexed with what training had made, and found by what is in the picture', async () => {
    const before = await cacheFiles();
    const words = ['--documents', at('documents.jsonl'), '--pictures', at('pictures'), '--out', at('index')];
    const { error } = await ok('index', '--model', at('model'), ...words);
    expect(error).toContain('pictures: 0 embedded, 48 known; 1 of 49 images could not be read');
    expect(await cacheFiles()).toEqual(before);
    for (const colour of colours) {
      const { out } = await ok('search', colour, '--index', at('index'), '--mode', 'vector', '--k', '8', '--json');
      const { hits } = JSON.parse(out) as { hits: { id: string }[] };
      expect(hits.map(({ id }) => colourOf(id))).toEqual(Array(8).fill(colour));
    }
  });

  it('are found by a picture that none of them has', async () => {
    for (const colour of colours) {
      await writeFile(at('asked.png'), await plainPicture(colour, 90));
      const { out } = await ok('search', '--index', at('index'), '--picture', at('asked.png'), '--k', '8', '--json');
      const { hits } = JSON.parse(out) as { hits: { id: string }[] };
      expect(hits.map(({ id }) => colourOf(id))).toEqual(Array(8).fill(colour));
    }
    await writeFile(at('asked.png'), 'no picture');
    const { exit, error } = await runTandem(['search', '--index', at('index'), '--picture', at('asked.png')]);
    expect([exit, error]).toEqual([1, expect.stringContaining('tandem: image/unreadable: ')]);
    const absent = await runTandem(['search', '--index', at('index'), '--picture', at('absent.png')]);
    expect(absent.error).toContain('tandem: data/not-found: ');
  });

  it('embed documents gives the same with and without worker threads', async () => {
    const words = ['--model', at('model'), '--in', at('documents.jsonl'), '--pictures', at('pictures')];
    for (const workers of ['1', '2'])
      await ok('embed', 'documents', ...words, '--out', at(`w${workers}.jsonl`), '--workers', workers, '--batch', '7');
    const one = await readFile(at('w1.jsonl'), 'utf8');
    expect(await readFile(at('w2.jsonl'), 'utf8')).toBe(one);
    const rows = one
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as { embedding: number[] });
    // d0 and d6 have pictures of one colour, d1 one of another
    for (const [i, value] of rows[6].embedding.entries()) expect(value).toBeCloseTo(rows[0].embedding[i], 4);
    expect(rows[1].embedding).not.toEqual(rows[0].embedding);
  });

  it.skipIf(!hasRedis).each(['1', '2'])(
    'are embedded by a worker with %s threads too, to the same bytes',
    async threads => {
      const redis = await startRedis();
      const worker = spawn(process.execPath, [...fromSources, 'worker', '--redis', redis.url, '--workers', threads], {
        stdio: 'ignore',
      });
      try {
        const words = ['--model', at('model'), '--in', at('documents.jsonl'), '--pictures', at('pictures')];
        await ok('embed', 'documents', ...words, '--out', at(`here${threads}.jsonl`));
        await ok('embed', 'documents', ...words, '--out', at(`there${threads}.jsonl`), '--redis', redis.url);
        expect(await readFile(at(`there${threads}.jsonl`))).toEqual(await readFile(at(`here${threads}.jsonl`)));
      } finally {
        worker.kill('SIGKILL');
        await redis.remove();
      }
    },
  );

  it('embed images writes a vector of length 1 for each picture that can be read', async () => {
    const words = ['--encoder', at('encoder'), '--in', at('documents.jsonl'), '--pictures', at('pictures')];
    const { out } = await ok('embed', 'images', ...words, '--out', at('images.jsonl'), '--batch', '5', '--json');
    expect(JSON.parse(out)).toMatchObject({ rows: 48, width: 3, images: 49, embedded: 0, cached: 48, unreadable: 1 });
    const lines = (await readFile(at('images.jsonl'), 'utf8')).trimEnd().split('\n');
    const vectors = new Map(lines.map(line => Object.values(JSON.parse(line)) as [string, number[]]));
    expect(vectors.size).toBe(48);
    const [red, yellow] = [vectors.get('0.png')!, vectors.get('3.png')!];
    for (const [c, value] of [1, 0, 0].entries()) expect(red[c]).toBeCloseTo(value, 5);
    for (const [c, value] of [Math.SQRT1_2, Math.SQRT1_2, 0].entries()) expect(yellow[c]).toBeCloseTo(value, 5);
  });

  it('a served index takes documents with their picture inside, or by its name', async () => {
    const stop = new AbortController();
    const served = { index: at('index'), host: '127.0.0.1', port: 0, writable: true, logLevel: 'warn' } as const;
    const { url, closed } = await serveIndex({ ...served, signal: stop.signal });
    const send = async (method: string, path: string, body: object): Promise<Record<string, unknown>> => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(new URL(path, url), { method, headers, body: JSON.stringify(body) });
      expect(response.status).toBe(200);
      return response.json() as Promise<Record<string, unknown>>;
    };
    try {
      const blue = await plainPicture('blue', 40);
      const uri = `data:image/png;base64,${blue.toString('base64')}`;
      await send('PUT', '/documents/inside', { title: 'thing', images: [uri] });
      await send('PUT', '/documents/named', { title: 'thing', images: ['2.png'] });
      // one that cannot be read is passed over
      const broken = 'data:image/png;base64,aGk=';
      await send('PUT', '/documents/broken', { title: 'thing', images: [broken, '../x', 'https://a.b/c.png', uri] });
      const { hits } = (await send('POST', '/search', { text: 'blue', mode: 'vector', k: 11 })) as {
        hits: { id: string }[];
      };
      const asked = { similar: { pictures: [uri], not: ['inside'] }, k: 3 };
      const likeIt = (await send('POST', '/search', asked)) as { hits: { id: string }[]; mode: string };
      expect(likeIt.mode).toBe('vector');
      expect(likeIt.hits.every(({ id }) => id === 'named' || id === 'broken' || colourOf(id) === 'blue')).toBe(true);
      const unreadable = await fetch(new URL('/search', url), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ similar: { pictures: [broken] } }),
      });
      expect([unreadable.status, await unreadable.json()]).toEqual([
        422,
        expect.objectContaining({ code: 'image/unreadable' }),
      ]);
      // eight blue ones of before, and these
      const others = hits.filter(({ id }) => !id.startsWith('d')).map(({ id }) => id);
      expect(others.sort()).toEqual(['broken', 'inside', 'named']);
      expect(hits.filter(({ id }) => id.startsWith('d')).every(({ id }) => colourOf(id) === 'blue')).toBe(true);
    } finally {
      stop.abort();
      await closed;
    }
  });
});

describe('refusals', () => {
  const train = (...words: string[]) => runTandem(['train', '--data', at('data'), '--out', at('refused'), ...words]);

  it.each([
    [['--pictures', 'x'], 2, 'usage/missing-option'],
    [['--image-encoder', 'nowhere'], 2, 'config/bad-value'],
    [['--image-encoder', 'nowhere', ...narrow], 1, 'data/not-found'],
  ])('train %j', async (words, exit, code) => {
    const ended = await train(...words);
    expect([ended.exit, ended.error]).toEqual([exit, expect.stringContaining(code)]);
    expect(await readdir(folder)).not.toContain('refused');
  });

  it.each([
    [['images', '--model', 'm'], '--encoder is missing'],
    [['documents', '--encoder', 'e'], '--model is missing'],
  ])('embed %j', async (words, message) => {
    const ended = await runTandem(['embed', ...words, '--in', at('documents.jsonl'), '--out', at('x.jsonl')]);
    expect([ended.exit, ended.error]).toEqual([2, expect.stringContaining(message)]);
  });
});
