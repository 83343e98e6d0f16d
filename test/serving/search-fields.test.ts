import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../serving/app.js';
import type { App } from '../../serving/parts.js';
import { errorTable } from '../../src/errors/table.js';
import { buildIndex } from '../../src/search/build-index.js';
import type { EmbeddedIndex } from '../../src/search/embedded-backend.js';
import { openIndex } from '../../src/search/open-index.js';
import { indexing } from '../search/fixture.js';
import { calm, memoryParts } from './memory-backend.js';

let folder: string;
let index: EmbeddedIndex;
let app: App;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-fields-'));
  const documents = [
    { id: 'a', title: 'Pavilion notebook', brand: 'HP', rating: 4.5 },
    { id: 'b', title: 'Elite notebook', brand: 'hp inc.', rating: 4.9 },
    { id: 'c', title: 'Spectre', brand: 'Acme', rating: 3 },
  ];
  await buildIndex({ documents, indexing: indexing(), out: join(folder, 'index') });
  index = await openIndex(join(folder, 'index'));
  app = await createApp(memoryParts({ backend: index, embedder: undefined }), { admission: calm });
});
afterAll(async () => {
  await app.close();
  await index.close();
  await rm(folder, { recursive: true, force: true });
});

async function search(payload: object) {
  const reply = await app.inject({ method: 'POST', url: '/search', payload });
  return { status: reply.statusCode, ...reply.json() };
}
const idsOf = ({ hits }: { hits: { id: string }[] }) => hits.map(({ id }) => id);

describe('POST /search', () => {
  it('sorts by the short names of the orders too', async () => {
    expect(idsOf(await search({ sort: [{ field: 'rating', order: 'desc' }] }))).toEqual(['b', 'a', 'c']);
    expect(idsOf(await search({ sort: [{ field: 'rating', order: 'asc' }] }))).toEqual(['c', 'a', 'b']);
    expect(await search({ sort: [{ field: 'rating', order: 'up' }] })).toMatchObject({
      status: 400,
      code: 'request/invalid',
      remedy: errorTable['request/invalid'].remedy,
    });
  });

  it('answers, and warns of a field that no document has', async () => {
    const answer = await search({ text: 'notebook', sort: [{ field: 'ratng', order: 'desc' }] });
    expect([answer.status, idsOf(answer), answer.warnings]).toEqual([
      200,
      ['a', 'b'],
      ['sort: no document has a field `ratng`; did you mean `rating`?'],
    ]);
    expect(await search({ text: 'notebook' })).not.toHaveProperty('warnings');
  });

  it('groups hits, and says of how many', async () => {
    const answer = await search({ text: 'notebook spectre', groupBy: { field: 'brand', size: 1 } });
    expect(answer.hits.map(({ group }: { group: unknown }) => group)).toEqual(
      expect.arrayContaining(['HP', 'hp inc.', 'Acme'].map(value => ({ value, count: 1 }))),
    );
    expect(await search({ text: 'x', groupBy: { field: 'brand', most: 1 } })).toMatchObject({
      code: 'request/invalid',
    });
  });

  it('takes conditions on the words of an attribute, as text and as a filter', async () => {
    expect(idsOf(await search({ text: 'brand:HP', syntax: 'query' })).sort()).toEqual(['a', 'b']);
    expect(idsOf(await search({ filter: [{ words: { field: 'brand', values: ['hp'] } }] })).sort()).toEqual(['a', 'b']);
    expect(idsOf(await search({ text: 'acme' }))).toEqual(['c']);
  });
});

describe('spelling in a request', () => {
  it('stands in place of what the index says', async () => {
    const asked = { text: 'spectrr', mode: 'token' };
    expect(idsOf(await search(asked))).toEqual(['c']);
    expect(idsOf(await search({ ...asked, spelling: true }))).toEqual(['c']);
    const { hits, suggestion } = await search({ ...asked, spelling: false });
    expect([hits, suggestion]).toEqual([[], 'spectre']);
    const { value } = (
      await app.inject({ method: 'POST', url: '/explain', payload: { id: 'c', ...asked, spelling: false } })
    ).json();
    expect(value).toBe(0);
  });
});

describe('a text that is being typed', () => {
  const typed = async (text: string, more: object = {}) => {
    const { hits, suggestion } = await search({ text, mode: 'token', typing: true, ...more });
    return { ids: idsOf({ hits }), suggestion };
  };

  it('finds what its last word begins, and nothing that another word begins', async () => {
    expect(await typed('notebo')).toEqual({ ids: ['a', 'b'], suggestion: undefined });
    expect((await typed('notebo', { typing: false, spelling: false })).ids).toEqual([]);
    expect((await typed('pav note')).ids.sort()).toEqual(['a', 'b']);
    expect((await typed('spec notebook', { spelling: false })).ids).not.toContain('c');
    expect((await typed('p')).ids).toEqual([]);
    expect((await typed('spectre')).ids).toEqual(['c']);
  });

  it('is mended before its last word, and there once no word begins so', async () => {
    expect((await typed('pavilon notebo')).suggestion).toBe('pavilion notebo');
    expect((await typed('spectrx')).suggestion).toBe('spectre');
  });
});
