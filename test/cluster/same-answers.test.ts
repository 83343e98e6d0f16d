import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildClusterIndex } from '../../serving/backends/opensearch/build.js';
import { type ClusterIndex, openClusterIndex } from '../../serving/backends/opensearch/open.js';
import type { DocumentRow } from '../../src/config/rows.js';
import { seededRandom } from '../../src/math/random.js';
import type { SearchResponse } from '../../src/search/backend.js';
import { buildIndex } from '../../src/search/build-index.js';
import type { EmbeddedIndex } from '../../src/search/embedded-backend.js';
import { openIndex } from '../../src/search/open-index.js';
import type { SearchRequest } from '../../src/search/request.js';
import { indexing, letterModel, makeDocuments } from '../search/fixture.js';
import { dropIndexes, newIndexName, nodeUrl } from './cluster.js';

const random = seededRandom(7);
const days = (n: number): string => new Date(Date.UTC(2024, 0, 1 + n)).toISOString().slice(0, 10);
const documents: readonly DocumentRow[] = makeDocuments(300).map((document, i) => ({
  ...document,
  description:
    i % 3 === 0 ? `A ${document.title} for the garden, with 25 ft. cable and Wi-Fi; made in Küsnacht` : undefined,
  released: days(random.below(200)),
  onSale: i % 4 === 0,
  place: { lat: 47 + random.next(), lon: 8 + random.next() },
  variants: [
    { colour: 'red', size: random.below(3) },
    { colour: 'blue', size: random.below(3) },
  ],
  ...(i % 10 === 0 && { language: 'de', title: `Gartenschläuche ${document.title}` }),
}));

const texts = [
  'red hammer',
  'hamer',
  'redhammer',
  'ham mer',
  'garden cable 25ft',
  'wifi',
  'wi-fi',
  'the red',
  'Gartenschlauch',
  'Küsnacht',
  'white screw 17',
  'brand 3',
  'xyzzy',
];

const requests: readonly SearchRequest[] = [
  ...texts.flatMap(text =>
    (['token', 'hybrid', 'vector'] as const).map((mode): SearchRequest => ({ text, mode, k: 20, total: true })),
  ),
  { text: 'red "hammer drill"~3', syntax: 'query', mode: 'token', k: 20 },
  { text: '+red -hammer', syntax: 'query', mode: 'token', k: 20, total: true },
  { text: 'title:drill brand:"brand 2"', syntax: 'query', mode: 'hybrid', k: 20 },
  { text: 'ham*', syntax: 'query', mode: 'token', k: 20, total: true },
  { text: 'hamner~2', syntax: 'query', mode: 'token', k: 20, total: true },
  { text: 'red ham', typing: true, mode: 'token', k: 10 },
  { text: 'hammer', mode: 'token', filter: [{ range: { field: 'price', min: 20, max: 50 } }], total: true },
  { text: 'hammer', mode: 'hybrid', filter: [{ not: { exists: { field: 'stock' } } }], k: 50 },
  { text: 'hammer', mode: 'vector', filter: [{ terms: { field: 'onSale', values: [true] } }], k: 50 },
  { text: 'hammer', mode: 'token', filter: [{ range: { field: 'released', min: '2024-03-01' } }], total: true },
  {
    text: 'hammer',
    mode: 'token',
    filter: [{ prefix: { field: 'brand', values: ['BRAND 1'], ignoreCase: true } }],
    total: true,
  },
  { text: 'hammer', mode: 'token', filter: [{ like: { field: 'brand', values: ['*3'] } }], total: true },
  { text: 'hammer', mode: 'token', filter: [{ words: { field: 'brand', values: ['Brand 4'] } }], total: true },
  {
    text: 'hammer',
    mode: 'token',
    filter: [{ geoDistance: { field: 'place', lat: 47.5, lon: 8.5, within: 30_000 } }],
    total: true,
  },
  {
    text: 'hammer',
    mode: 'token',
    filter: [{ geoBox: { field: 'place', north: 47.5, south: 47, west: 8, east: 8.5 } }],
    total: true,
  },
  {
    text: 'hammer',
    mode: 'token',
    filter: [
      {
        nested: {
          path: 'variants',
          filter: [{ terms: { field: 'colour', values: ['red'] } }, { terms: { field: 'size', values: [2] } }],
        },
      },
    ],
    total: true,
  },
  { filter: [{ terms: { field: 'id', values: ['d1', 'd2'] } }], sort: [{ field: 'id', order: 'descending' }] },
  { text: 'hammer', sort: [{ field: 'price', order: 'descending' }], k: 30 },
  {
    text: 'hammer',
    sort: [
      { field: 'stock', order: 'ascending' },
      { field: 'released', order: 'descending' },
    ],
    k: 30,
  },
  { text: 'hammer', sort: [{ field: 'brand', order: 'ascending' }], k: 30 },
  {
    text: 'red',
    sort: [
      { field: 'onSale', order: 'ascending' },
      { field: 'brand', order: 'descending' },
    ],
    k: 30,
  },
  { text: 'hammer', mode: 'token', groupBy: { field: 'brand', size: 2 }, k: 8 },
  { text: 'hammer', mode: 'hybrid', groupBy: { field: 'brand', size: 1 }, k: 5 },
  {
    text: 'hammer',
    mode: 'token',
    facets: [
      { field: 'brand' },
      { field: 'price', size: 5, stats: true },
      { field: 'stock', order: 'value', size: 20 },
      { field: 'onSale' },
      { field: 'released', stats: true, size: 3 },
      { field: 'price', ranges: [{ to: 30 }, { from: 30, to: 60 }, { from: 60 }] },
    ],
  },
  { text: 'red hammer', mode: 'token', highlight: {}, k: 5 },
  { text: 'red hammer garden', mode: 'hybrid', explain: true, k: 5 },
  { text: 'hammer', mode: 'hybrid', diversity: 0.5, k: 10 },
  { text: 'hammer', mode: 'vector', minCosine: 0.9, k: 50 },
  { similar: { to: ['d3'], not: ['d5'] }, k: 10 },
  { text: 'hammer', mode: 'token', fieldWeights: { title: 0, description: 1, attributes: 0 }, k: 10 },
  { tokens: ['hammer', { term: 'red', weight: 0.3 }], mode: 'token', k: 20 },
];

let folder: string;
let here: EmbeddedIndex;
const there: ClusterIndex[] = [];
const names: string[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-same-'));
  const embedder = letterModel();
  const options = indexing({ fusionWeight: 0.4 });
  await buildIndex({ documents, embedder, indexing: options, out: join(folder, 'index') });
  here = await openIndex(join(folder, 'index'), { embedder });
  for (const shards of [1, 3]) {
    const at = { urls: [nodeUrl(1)], index: newIndexName() };
    names.push(at.index);
    await buildClusterIndex({ ...at, documents, embedder, indexing: options, shards, replicas: 0 });
    there.push(await openClusterIndex({ ...at, embedder }));
  }
});
afterAll(async () => {
  await here?.close();
  await Promise.all(there.map(each => each.close()));
  await dropIndexes(names);
  await rm(folder, { recursive: true, force: true });
});

/** Cosines of a cluster are those of float32. */
const near = 3e-5;

/** The same, but that numbers may differ in their last digits. */
function nearly(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? value : expect.closeTo(value, 4);
  if (Array.isArray(value)) return value.map(nearly);
  if (typeof value !== 'object' || value === null) return value;
  const shown = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(shown.map(([key, inner]) => [key, nearly(inner)]));
}

/** Documents of one score in the order of their ids, and of the last score none: which of them are the first is told by the last digits. */
function withoutTies(hits: SearchResponse['hits']): SearchResponse['hits'] {
  let group = 0;
  const groups = hits.map(({ score }, i) => (i > 0 && hits[i - 1].score - score > near ? ++group : group));
  const kept = hits.map((hit, i) => ({ hit, group: groups[i] })).filter(each => group === 0 || each.group < group);
  return kept.sort((a, b) => a.group - b.group || (a.hit.id < b.hit.id ? -1 : 1)).map(({ hit }) => hit);
}

const shown = ({ took: _, ...response }: SearchResponse): unknown =>
  response.mode === 'token' ? response : { ...response, hits: withoutTies(response.hits) };

describe('the same documents in one index of this machine, in one shard and in three', () => {
  it.each(requests.map(request => [JSON.stringify(request), request] as const))(
    'answer alike: %s',
    async (_, request) => {
      const expected = nearly(shown(await here.search(request)));
      for (const index of there) expect(shown(await index.search(request))).toEqual(expected);
    },
  );

  it.each(['ham', 'red ha', 'garten', 'wi', 'white s'])('complete alike: %s', async text => {
    const expected = await here.complete({ text, k: 5 });
    const words = (found: typeof expected) => found.filter(({ kind }) => kind === 'word');
    for (const index of there) expect(words(await index.complete({ text, k: 5 }))).toEqual(words(expected));
  });

  it.each(texts)('explain alike: %s', async text => {
    for (const id of ['d0', 'd17']) {
      const expected = nearly(await here.explain({ text }, id));
      for (const index of there) expect(await index.explain({ text }, id)).toEqual(expected);
    }
  });
});
