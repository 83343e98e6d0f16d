import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildClusterIndex } from '../../serving/backends/opensearch/build.js';
import { storeRanker } from '../../serving/backends/opensearch/choices.js';
import { withActiveGeneration } from '../../serving/backends/opensearch/generations.js';
import { type ClusterIndex, openClusterIndex } from '../../serving/backends/opensearch/open.js';
import type { DocumentRow } from '../../src/config/rows.js';
import { standardFeatures } from '../../src/ranking/features/catalogue.js';
import { writeRanker } from '../../src/ranking/learned/ranker-file.js';
import type { SearchResponse } from '../../src/search/backend.js';
import { buildIndex } from '../../src/search/build-index.js';
import type { EmbeddedIndex } from '../../src/search/embedded-backend.js';
import { setRanker } from '../../src/search/index-ranker.js';
import { openIndex } from '../../src/search/open-index.js';
import type { SearchRequest } from '../../src/search/request.js';
import { dearFirst } from '../ranker-fixture.js';
import { indexing, letterModel, makeDocuments } from '../search/fixture.js';
import { dropIndexes, newIndexName, nodeUrl } from './cluster.js';

const documents: readonly DocumentRow[] = makeDocuments(300).map((document, i) => ({
  ...document,
  description: i % 3 === 0 ? `A ${document.title} with 25 ft. cable, made in Küsnacht` : undefined,
  released: new Date(Date.UTC(2024, 0, 1 + (i % 200))).toISOString().slice(0, 10),
  country: i % 2 === 0 ? 'ch' : 'de',
}));
const file = dearFirst({ calibration: { scores: [0, 2], chances: [0.1, 0.9], cut: 2, relevanceLevel: 1 } });
const embedder = letterModel();
/** the vectors find what the words do not, and the other way round */
const options = indexing({ candidates: 40, fusionWeight: 0.4 });

let folder: string;
let text: string;
let here: EmbeddedIndex;
const there: ClusterIndex[] = [];
const names: string[] = [];
const place = (index: string) => ({ urls: [nodeUrl(1)], index });
const store = (index: string, ranker: string | undefined) =>
  withActiveGeneration(place(index), ({ cluster, names: of, meta }) => storeRanker(cluster, of, meta, ranker));
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-ranked-'));
  await writeRanker(join(folder, 'ranker.json'), file);
  text = await readFile(join(folder, 'ranker.json'), 'utf8');
  const out = join(folder, 'index');
  await buildIndex({ documents, embedder, indexing: options, out });
  await setRanker(out, text);
  here = await openIndex(out, { embedder });
  for (const shards of [1, 3]) {
    const index = newIndexName();
    names.push(index);
    await buildClusterIndex({ ...place(index), documents, embedder, indexing: options, shards, replicas: 0 });
    await store(index, text);
    there.push(await openClusterIndex({ ...place(index), embedder, keptMs: 0 }));
  }
});
afterAll(async () => {
  await here?.close();
  await Promise.all(there.map(each => each.close()));
  await dropIndexes(names);
  await rm(folder, { recursive: true, force: true });
});

const ids = ({ hits }: Pick<SearchResponse, 'hits'>): string[] => hits.map(({ id }) => id);
const texts = ['red drill', 'hamer', 'garden cable 25ft', 'Küsnacht', 'white screw 17', 'brand 3'];

const attributes = ['bm25:title', 'length:description', 'number:price', 'relative:price/brand', 'sameCountry'];
/** Ranks among equal cosines are told by digits that a cluster does not keep. */
const features = [...standardFeatures.filter(name => !['vectorRank', 'fusionRank'].includes(name)), ...attributes];

describe('what a ranker knows of the candidates', () => {
  it.each(texts)('is the same in one index of this machine, in one shard and in three: %s', async asked => {
    const request = { text: asked, country: 'ch' };
    const { table } = await here.candidates(request, 40);
    for (const index of there) {
      const { table: found } = await index.candidates(request, 40);
      const row = new Map(found.ids.map((id, at) => [id, at]));
      // of the last cosine that is a candidate the vectors find whichever
      const both = table.ids.flatMap((id, at) => (row.has(id) ? [[at, row.get(id) as number] as const] : []));
      expect(both.length).toBeGreaterThan(30);
      for (const feature of features) {
        // the median of a group is that of all its candidates
        if (feature.startsWith('relative') && both.length < table.ids.length) continue;
        const [expected, given] = [table.column(feature), found.column(feature)];
        expect([feature, ...both.map(([, at]) => given[at])]).toEqual([
          feature,
          ...both.map(([at]) => (Number.isNaN(expected[at]) ? Number.NaN : expect.closeTo(expected[at], 4))),
        ]);
      }
    }
  });
});

describe('a ranker of an index of a cluster', () => {
  const requests: readonly SearchRequest[] = [
    ...texts.map(asked => ({ text: asked, k: 15 })),
    { text: 'red drill', from: 10, k: 10 },
    { text: 'red drill', k: 10, minScore: 'auto', total: true },
    { text: 'red drill', k: 10, groupBy: { field: 'brand' } },
    { text: 'red drill', k: 10, ranker: false },
    { text: 'red drill', k: 10, weight: 0.2 },
  ];
  it.each(requests.map(request => [JSON.stringify(request), request] as const))(
    'orders alike: %s',
    async (_, request) => {
      const expected = await here.search(request);
      for (const index of there) {
        const found = await index.search(request);
        expect(ids(found)).toEqual(ids(expected));
        expect(found.total).toBe(expected.total);
      }
    },
  );

  it('is explained alike', async () => {
    const request = { text: 'red drill', k: 5, explain: true };
    const rankerParts = (response: SearchResponse) => response.hits.map(({ parts }) => parts?.ranker);
    const expected = rankerParts(await here.search(request));
    expect(expected[0]?.features.length).toBeGreaterThan(0);
    for (const index of there)
      for (const [at, parts] of rankerParts(await index.search(request)).entries()) {
        expect(parts?.chance).toBe(expected[at]?.chance);
        expect(parts?.features.map(({ feature, adds }) => [feature, adds])).toEqual(
          expected[at]?.features.map(({ feature, adds }) => [feature, expect.closeTo(adds, 4)]),
        );
      }
  });

  it('is taken away, and given again, under a server that has it open', async () => {
    const [index] = there;
    const request = { text: 'red drill', k: 10 };
    const ranked = ids(await index.search(request));
    const plain = ids(await index.search({ ...request, ranker: false }));
    expect(ranked).not.toEqual(plain);
    await store(names[0], undefined);
    expect(ids(await index.search(request))).toEqual(plain);
    await expect(index.search({ ...request, minScore: 'auto' })).rejects.toMatchObject({ code: 'request/invalid' });
    await store(names[0], text);
    expect(ids(await index.search(request))).toEqual(ranked);
  });

  it('is not what another generation of the same name and number is ranked by', async () => {
    const index = newIndexName();
    names.push(index);
    const build = () => buildClusterIndex({ ...place(index), documents, embedder, indexing: options, replicas: 0 });
    await build();
    await store(index, text);
    await fetch(`${nodeUrl(1)}/${index}.generation-1`, { method: 'DELETE' });
    await build();
    const again = await openClusterIndex({ ...place(index), embedder });
    const request = { text: 'red drill', k: 10 };
    expect(ids(await again.search(request))).toEqual(ids(await again.search({ ...request, ranker: false })));
    await again.close();
  });

  it('leaves the index as it was where it is none', async () => {
    await expect(store(names[1], '{}')).rejects.toMatchObject({ code: 'ranker/damaged' });
    const found = await there[1].search({ text: 'red drill', k: 10 });
    expect(ids(found)).toEqual(ids(await here.search({ text: 'red drill', k: 10 })));
  });
});
