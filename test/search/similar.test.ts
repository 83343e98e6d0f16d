import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DocumentRow } from '../../src/config/rows.js';
import { buildIndex } from '../../src/search/build-index.js';
import type { EmbeddedIndex } from '../../src/search/embedded-backend.js';
import { openIndex } from '../../src/search/open-index.js';
import type { SearchRequest } from '../../src/search/request.js';
import { embedText, indexing, letterModel, makeDocuments } from './fixture.js';

const shop: DocumentRow[] = makeDocuments(300);
let folder: string;
let index: EmbeddedIndex;
let wordsAlone: EmbeddedIndex;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-similar-'));
  const embedder = letterModel();
  await buildIndex({ documents: shop, embedder, indexing: indexing(), out: join(folder, 'both') });
  await buildIndex({
    documents: [
      { id: 'tent', title: 'two person tent green' },
      { id: 'tent-4', title: 'four person tent orange' },
      { id: 'tent-red', title: 'family tent red' },
      { id: 'kettle', title: 'camping kettle green' },
      { id: 'kettle-2', title: 'travel kettle orange' },
      { id: 'empty', title: '...' },
      { id: 'given', title: 'a shelter', tokens: { title: ['tent', 'person'] } },
      { id: 'deutsch', title: 'Zelte für vier', language: 'de' },
      { id: 'deutsch-2', title: 'das Zelt', language: 'de' },
    ],
    indexing: indexing(),
    out: join(folder, 'words'),
  });
  index = await openIndex(join(folder, 'both'), { embedder });
  wordsAlone = await openIndex(join(folder, 'words'));
});
afterAll(async () => {
  await Promise.all([index.close(), wordsAlone.close()]);
  await rm(folder, { recursive: true, force: true });
});

const idsOf = async (of: EmbeddedIndex, request: SearchRequest): Promise<string[]> =>
  (await of.search(request)).hits.map(({ id }) => id);

const titleOf = (id: string): string => shop.find(document => document.id === id)?.title ?? '';

/** Cosines with the mean of some documents, less half of the mean of others, worked out one by one. */
function nearestTo(to: readonly string[], not: readonly string[], k: number): string[] {
  const mean = (ids: readonly string[], d: number): number =>
    ids.reduce((sum, id) => sum + embedText(titleOf(id))[d] / ids.length, 0);
  const wanted = Array.from({ length: 16 }, (_, d) => mean(to, d) - 0.5 * mean(not, d));
  const length = Math.hypot(...wanted);
  return shop
    .filter(({ id }) => !to.includes(id) && !not.includes(id))
    .map(({ id, title }) => ({ id, cosine: embedText(title).reduce((sum, x, d) => sum + (x * wanted[d]) / length, 0) }))
    .sort((a, b) => b.cosine - a.cosine || (a.id < b.id ? -1 : 1))
    .slice(0, k)
    .map(({ id }) => id);
}

describe('documents like others', () => {
  it.each([
    [['d7'], []],
    [['d7', 'd20', 'd133'], []],
    [['d7'], ['d20']],
    [
      ['d1', 'd2'],
      ['d3', 'd4'],
    ],
  ])('by vectors are the nearest to the mean of %j less that of %j, without these', async (to, not) => {
    const found = await idsOf(index, { similar: { to, ...(not.length > 0 && { not }) }, mode: 'vector', k: 20 });
    expect(found).toEqual(nearestTo(to, not, 20));
  });

  it('by words share what tells of the examples, in the language of each, and never are an example', async () => {
    const found = await idsOf(wordsAlone, { similar: { to: ['tent'] }, mode: 'token' });
    // "person" and "tent" of tent-4 and of the given terms, then those that share one word
    expect(new Set(found.slice(0, 2))).toEqual(new Set(['tent-4', 'given']));
    expect(new Set(found.slice(2))).toEqual(new Set(['tent-red', 'kettle']));
    expect(await idsOf(wordsAlone, { similar: { to: ['deutsch'] } })).toEqual(['deutsch-2']);
    expect(new Set(await idsOf(wordsAlone, { similar: { to: ['given'] } }))).toEqual(
      new Set(['tent', 'tent-4', 'tent-red']),
    );
  });

  it('by words are found by as many as 25 terms of the examples', async () => {
    const out = join(folder, 'many');
    const words = Array.from({ length: 26 }, (_, i) => `zq${String.fromCharCode(97 + i)}ok`);
    const others = words.map(title => ({ id: title, title }));
    await buildIndex({ documents: [{ id: 'all', title: words.join(' ') }, ...others], indexing: indexing(), out });
    const many = await openIndex(out);
    expect(await idsOf(many, { similar: { to: ['all'] }, k: 100 })).toHaveLength(25);
    await many.close();
  });

  it('by words are not found by what unwanted ones have too', async () => {
    const found = await idsOf(wordsAlone, { similar: { to: ['tent'], not: ['kettle'] } });
    expect(found).not.toContain('kettle');
    expect(await idsOf(wordsAlone, { similar: { to: ['kettle'], not: ['tent'] } })).toEqual(['kettle-2']);
  });

  it('are found in one list by both sides, filtered, counted and paged as those of a text are', async () => {
    const similar = { to: ['d7'] };
    const answer = await index.search({ similar, k: 10, total: true, explain: true });
    expect(answer.mode).toBe('hybrid');
    expect(answer.warnings).toBeUndefined();
    const [color] = titleOf('d7').split(' ');
    expect(
      answer.hits.filter(({ document }) => document.title.split(' ').some(word => titleOf('d7').includes(word))),
    ).not.toHaveLength(0);
    expect(color).not.toBe('');
    for (const { parts } of answer.hits) expect(parts?.vector).toBeGreaterThan(0);
    const dear = { range: { field: 'price', min: 50 } };
    for (const { document } of (await index.search({ similar, filter: [dear], k: 50 })).hits)
      expect(document.price).toBeGreaterThanOrEqual(50);
    const first = await index.search({ similar, k: 6, pages: true });
    const second = await index.next(first.cursor as string, 4);
    expect([...first.hits, ...second.hits].map(({ id }) => id)).toEqual(answer.hits.map(({ id }) => id));
  });

  it('say of a document why it is one', async () => {
    expect((await wordsAlone.explain({ similar: { to: ['tent'] } }, 'tent-4'))?.value).toBeGreaterThan(0);
    expect((await wordsAlone.explain({ similar: { to: ['tent'] } }, 'empty'))?.value).toBe(0);
  });

  it('of what has no words and no embedding are none', async () => {
    expect(await idsOf(wordsAlone, { similar: { to: ['empty'] } })).toEqual([]);
  });

  it.each([
    [{ similar: { to: ['d7', 'nobody'] } }, /similar\.to: no document has the id nobody/],
    [{ similar: { to: ['d7'], not: ['nobody'] } }, /similar\.not: no document has the id nobody/],
    [{ similar: { to: ['d7'] }, text: 'saw' }, /similar: the documents stand in place of a text/],
    [{ similar: { to: ['d7'] }, tokens: ['saw'] }, /similar: the documents stand in place of a text/],
    [{ similar: { to: [] } }, /similar\.to/],
    [{ similar: { to: Array.from({ length: 33 }, (_, i) => `d${i}`) } }, /similar\.to/],
  ])('are refused for %j', async (request, message) => {
    await expect(index.search(request)).rejects.toMatchObject({
      code: 'request/invalid',
      message: expect.stringMatching(message),
    });
  });
});

describe('documents like pictures', () => {
  const uriOf = (text: string): string => `data:image/png;base64,${Buffer.from(text).toString('base64')}`;
  /** A picture shows the words that its bytes are. */
  const seeing = {
    ...letterModel(),
    embedPictures: async (pictures: readonly string[]) =>
      pictures.map(uri => embedText(Buffer.from(uri.split(',')[1], 'base64').toString())),
  };
  let pictured: EmbeddedIndex;
  beforeAll(async () => {
    pictured = await openIndex(join(folder, 'both'), { embedder: seeing });
  });
  afterAll(() => pictured.close());

  it('are found by embeddings alone', async () => {
    const similar = { pictures: [uriOf('red hammer')] };
    const wanted = await idsOf(pictured, { text: 'red hammer', mode: 'vector', k: 5 });
    expect(await idsOf(pictured, { similar, k: 5 })).toEqual(wanted);
    expect(await idsOf(pictured, { similar, mode: 'token' })).toEqual([]);
  });

  it('are like all of several, and like documents beside them, which have words too', async () => {
    const similar = { to: ['d7'], pictures: [uriOf('red hammer'), uriOf('blue lamp')] };
    const parts = [titleOf('d7'), 'red hammer', 'blue lamp'].map(text => embedText(text));
    const sum = parts[0].map((_, d) => parts.reduce((all, part) => all + part[d], 0));
    const near = pictured.nearest(
      sum.map(value => value / Math.hypot(...sum)),
      6,
    );
    const ids = near.map(({ id }) => id).filter(id => id !== 'd7');
    expect(await idsOf(pictured, { similar, mode: 'vector', k: 5 })).toEqual(ids.slice(0, 5));
    expect(
      (await pictured.search({ similar: { ...similar, to: ['d7'] }, explain: true })).hits[0].parts?.token,
    ).toBeDefined();
  });
});

describe('diversity', () => {
  it('0 changes nothing, and more makes the first hits less alike', async () => {
    const request = { text: 'red hammer', k: 10 };
    const plain = await idsOf(index, request);
    expect(await idsOf(index, { ...request, diversity: 0 })).toEqual(plain);
    const alike = (ids: readonly string[]): number => {
      const vectors = ids.map(id => embedText(titleOf(id)));
      return Math.max(
        ...vectors.flatMap((a, i) => vectors.slice(0, i).map(b => a.reduce((sum, x, d) => sum + x * b[d], 0))),
      );
    };
    expect(alike(await idsOf(index, { ...request, diversity: 0.9 }))).toBeLessThan(alike(plain));
  });

  it.each(['hybrid', 'vector', 'token'] as const)(
    'gives the same first hits however many are wanted, in mode %s',
    async mode => {
      const request = { text: 'red hammer', mode, diversity: 0.5 };
      const ten = await idsOf(index, { ...request, k: 10 });
      expect(await idsOf(index, { ...request, k: 3 })).toEqual(ten.slice(0, 3));
      expect((await idsOf(index, { ...request, k: 150 })).slice(0, 10)).toEqual(ten);
    },
  );

  it('is refused beside a sort, and where there are no vectors', async () => {
    const sorted = index.search({ text: 'saw', sort: [{ field: 'price', order: 'ascending' }], diversity: 0.5 });
    await expect(sorted).rejects.toMatchObject({ code: 'request/invalid' });
    await expect(wordsAlone.search({ text: 'tent', diversity: 0.5 })).rejects.toMatchObject({
      code: 'index/no-vectors',
    });
  });

  it('refuses pictures where the model reads none, and examples that name nothing', async () => {
    const pictures = ['data:image/png;base64,aGk='];
    await expect(index.search({ similar: { pictures } })).rejects.toMatchObject({ code: 'index/reads-no-pictures' });
    await expect(wordsAlone.search({ similar: { pictures } })).rejects.toMatchObject({
      code: 'index/reads-no-pictures',
    });
    await expect(index.search({ similar: { not: ['1'] } })).rejects.toMatchObject({ code: 'request/invalid' });
    await expect(index.search({ similar: { pictures: [] } })).rejects.toMatchObject({ code: 'request/invalid' });
    await expect(index.search({ text: 'tent', similar: { pictures } })).rejects.toMatchObject({
      code: 'request/invalid',
    });
  });
});
