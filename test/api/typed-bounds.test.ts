import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildIndex, openIndex, type Query, type SearchIndex } from '../../src/api/index.js';

let folder: string;
let index: SearchIndex;
const letter = (i: number): string => String.fromCharCode(97 + (i % 26));
/** No two within two edits of one another. */
const words = Array.from({ length: 40 }, (_, i) => letter(i).repeat(3) + letter(i + 5 + Math.floor(i / 26)).repeat(3));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-bounds-'));
  const documents = [...words.map((title, i) => ({ id: `d${i}`, title })), { id: 'many', title: 'alpha beta gamma' }];
  // words are mended where they are plain, so that only those that stay fuzzy find anything here
  await buildIndex({ documents, out: join(folder, 'index'), indexing: { spelling: false } });
  index = await openIndex(join(folder, 'index'));
});
afterAll(async () => {
  await index.close();
  await rm(folder, { recursive: true, force: true });
});

const ask = (text: string) => index.search({ text, syntax: 'query', k: 100 });
const idsOf = async (text: string): Promise<string[]> => (await ask(text)).hits.map(({ id }) => id).sort();
/** One letter off. */
const misspelt = (word: string): string => `${word.slice(0, -1)}é`;
const range = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => `d${from + i}`).sort();

describe('a string beyond the bounds', () => {
  it('keeps its first 16 fuzzy words, and takes the others as plain words', async () => {
    const typed = words.slice(0, 20).map(word => `${misspelt(word)}~1`);
    expect((await ask(typed.slice(0, 16).join(' '))).warnings).toBeUndefined();
    const { hits, warnings } = await ask(typed.join(' '));
    expect(warnings).toEqual(['text: at most 16 prefixes and fuzzy words; 4 others taken as plain words']);
    expect(hits.map(({ id }) => id).sort()).toEqual(range(0, 16));
    expect(await idsOf([...typed.slice(0, 16), `${words[20]}~1`].join(' '))).toEqual([...range(0, 16), 'd20'].sort());
  });

  it.each([
    ['prefixes', () => words.slice(0, 17).map(word => `${word.slice(0, -1)}*`)],
    ['both', () => words.slice(0, 17).map((word, i) => (i % 2 ? `${word}~` : `${word.slice(0, -1)}*`))],
    ['excluded ones', () => ['*:*', ...words.slice(0, 17).map(word => `-${word}~`)]],
    ['required ones', () => words.slice(0, 17).map(word => `+${word}~`)],
    ['groups', () => words.slice(0, 17).map(word => `(${word}~ AND ${word})`)],
    [
      'alternatives',
      () => [
        words
          .slice(0, 17)
          .map(word => `${word}~`)
          .join(' OR '),
      ],
    ],
    ['fields', () => words.slice(0, 17).map(word => `title:${word}~1`)],
    ['weights', () => words.slice(0, 17).map(word => `${word}~1^2`)],
  ])('says so for 17 %s', async (_name, typed) => {
    expect((await ask(typed().join(' '))).warnings).toEqual([
      'text: at most 16 prefixes and fuzzy words; 1 other taken as plain words',
    ]);
  });

  it('counts every word of a fuzzy text', async () => {
    const { warnings } = await ask(Array.from({ length: 9 }, (_, i) => `${words[i]}..${words[i + 9]}~`).join(' '));
    expect(warnings).toEqual(['text: at most 16 prefixes and fuzzy words; 2 others taken as plain words']);
  });

  it('takes phrases of too many words as bags', async () => {
    const { hits, warnings } = await ask(`"${'x '.repeat(1100)}alpha" beta`);
    expect(warnings).toEqual(['text: at most 1024 words in phrases; 1 phrase taken as plain words']);
    expect(hits.map(({ id }) => id)).toEqual(['many']);
  });

  it.each([
    ['clauses', `alpha ${'-x '.repeat(300)}`, /256 clauses/],
    ['parentheses', `${'('.repeat(17)}alpha -x${')'.repeat(17)}`, /16 parentheses/],
    ['conditions', `alpha ${'title:>5 '.repeat(65)}`, /64 conditions/],
  ])('of too many %s is a bag of words', async (_name, text, message) => {
    const { hits, warnings } = await ask(text);
    expect(warnings?.[0]).toMatch(message);
    expect(warnings?.[0]).toMatch(/plain words$/);
    expect(hits.map(({ id }) => id)).toEqual(['many']);
  });

  it('is explained the same way', async () => {
    const text = words
      .slice(0, 17)
      .map(word => `${word}~`)
      .join(' ');
    expect((await index.explain({ text, syntax: 'query' }, 'd16'))?.value).toBeGreaterThan(0);
  });

  it('is refused as a tree, and where it is too long', async () => {
    const query: Query = { bool: { should: words.slice(0, 17).map(text => ({ fuzzy: { text } })) } };
    await expect(index.search({ query })).rejects.toMatchObject({ code: 'request/invalid' });
    await expect(ask('x'.repeat(4097))).rejects.toMatchObject({ code: 'request/invalid' });
  });
});
