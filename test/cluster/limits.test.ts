import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildClusterIndex } from '../../serving/backends/opensearch/build.js';
import { type ClusterIndex, openClusterIndex } from '../../serving/backends/opensearch/open.js';
import type { DocumentRow } from '../../src/config/rows.js';
import { indexing } from '../search/fixture.js';
import { dropIndexes, newIndexName, nodeUrl } from './cluster.js';

const urls = [nodeUrl(1)];
const index = newIndexName();
const letter = (i: number): string => String.fromCharCode(97 + (i % 26));
/** Three thousand words that begin alike, hundreds of them two edits from one another. */
const words = Array.from(
  { length: 3_000 },
  (_, i) => `zebra${letter(i)}${letter(Math.floor(i / 26))}${letter(Math.floor(i / 676))}`,
);
/** as long as a path of an attribute, and a pattern, may be */
const path = `p.${'q'.repeat(254)}`;
const code = 'aBcÄ'.repeat(64);

let opened: ClusterIndex;
beforeAll(async () => {
  const documents = words.map((title, i): DocumentRow => ({ id: `d${i}`, title }));
  documents.push({ id: 'coded', title: 'lamp', p: { ['q'.repeat(254)]: code } });
  await buildClusterIndex({ urls, index, documents, indexing: indexing(), replicas: 0 });
  opened = await openClusterIndex({ urls, index });
});
afterAll(async () => {
  await opened?.close();
  await dropIndexes([index]);
});

describe('what a request may hold is not more than a cluster takes', () => {
  it('a misspelt word that hundreds of others are near', async () => {
    expect(words).not.toContain('zebraxx');
    const { hits, suggestion } = await opened.search({ text: 'zebraxx', mode: 'token', k: 1 });
    expect(suggestion).toBe(hits[0].document.title);
    expect(suggestion).toMatch(/^zebraxx[a-z]$/);
  });

  it('a prefix, and a text that is typed, with which thousands of words begin', async () => {
    const prefix = await opened.search({ text: 'zebra*', syntax: 'query', mode: 'token', k: 100 });
    expect(prefix.hits.length).toBeGreaterThan(60);
    expect((await opened.search({ text: 'zebra', typing: true, mode: 'token', k: 5 })).hits).toHaveLength(5);
    expect(await opened.complete({ text: 'zebra', k: 5 })).toHaveLength(5);
  });

  it('words as long as a text', async () => {
    const word = 'b'.repeat(2_000);
    expect((await opened.search({ text: word, mode: 'token' })).hits).toEqual([]);
    expect((await opened.search({ text: `${word}*`, syntax: 'query', mode: 'token' })).hits).toEqual([]);
  });

  it('the longest pattern of an attribute with the longest path, whatever its case', async () => {
    const filter = [{ like: { field: path, values: [code.toUpperCase()], ignoreCase: true } }];
    expect((await opened.search({ query: { all: {} }, filter, k: 2 })).hits).toMatchObject([{ id: 'coded' }]);
  });
});
