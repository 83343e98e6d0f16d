import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Filter } from '../../src/query/filter.js';
import { candidateTable } from '../../src/ranking/candidate-table.js';
import { convexCombination } from '../../src/ranking/fusion.js';
import { rankCandidates } from '../../src/ranking/ranker.js';
import { buildIndex } from '../../src/search/build-index.js';
import type { EmbeddedIndex } from '../../src/search/embedded-backend.js';
import { openIndex } from '../../src/search/open-index.js';
import type { SearchMode } from '../../src/search/request.js';
import { filterHolds } from '../columns/naive-filter.js';
import { embedText, indexing, letterModel, makeDocuments } from './fixture.js';

const documents = makeDocuments(600);
const modes: readonly SearchMode[] = ['token', 'vector', 'hybrid'];
const model = letterModel();
let folder: string;
let graph: EmbeddedIndex;
let scanning: EmbeddedIndex;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-search-'));
  const open = async (name: string, exactBelow: number) => {
    const out = join(folder, name);
    // without proximity: which documents get it depends on what a filter leaves
    const settings = indexing({ exactBelow, candidates: 50, proximity: false, fusionWeight: 0.5 });
    await buildIndex({ documents, embedder: model, indexing: settings, out });
    return openIndex(out, { embedder: model });
  };
  graph = await open('graph', 40);
  scanning = await open('scanning', 10_000);
});
afterAll(async () => {
  await Promise.all([graph.close(), scanning.close()]);
  await rm(folder, { recursive: true, force: true });
});

const cosine = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i], 0);

describe('search', () => {
  it('answers with documents, best first, and says how long each stage took', async () => {
    const stages = { token: ['token'], vector: ['embed', 'vector'], hybrid: ['embed', 'token', 'vector'] };
    for (const mode of modes) {
      const { hits, took, mode: answered } = await graph.search({ text: 'red hammer', k: 10, mode });
      expect(answered).toBe(mode);
      expect(hits).toHaveLength(10);
      for (const hit of hits) expect(hit.document).toEqual(documents[Number(hit.id.slice(1))]);
      expect(hits.every((hit, i) => i === 0 || hits[i - 1].score >= hit.score)).toBe(true);
      expect(hits[0]).not.toHaveProperty('parts');
      expect(Object.keys(took).sort()).toEqual([...stages[mode], 'documents', 'rank', 'total'].sort());
    }
  });

  it('fuses what retrieve returns, by the weight of the manifest, and explains it', async () => {
    const request = { text: 'blue ladder', k: 20, mode: 'hybrid' as const, country: 'de' };
    const { token, vector, coverage, embedded } = await graph.retrieve(request);
    expect([token.length, vector.length, embedded?.channels]).toEqual([50, 50, { letters: 1 }]);
    const { hits } = await graph.search({ ...request, explain: true });
    expect(hits.map(({ id, score }) => ({ id, score }))).toEqual(
      rankCandidates(convexCombination(0.5, 50), candidateTable({ token, vector, coverage })).slice(0, 20),
    );
    for (const { id, parts } of hits) {
      const found = token.findIndex(candidate => candidate.id === id);
      expect(parts?.tokenRank ?? 0).toBe(found + 1);
      // what the token side did not find it scores all the same
      const explained = await graph.explain({ text: 'blue ladder', country: 'de' }, id);
      const scored = found < 0 ? (explained?.details[0]?.value ?? 0) : token[found].score;
      expect(parts?.token).toBe(scored);
      expect(parts?.vector).toBeCloseTo(cosine(embedText('blue ladder'), graph.embedding(id)!), 5);
      expect(parts?.vectorRank ?? 0).toBe(vector.findIndex(candidate => candidate.id === id) + 1);
      expect(parts?.channels).toEqual({ letters: 1 });
    }
  });

  it('takes the weight of a request in place of that of the manifest', async () => {
    const request = { text: 'blue ladder', k: 20, mode: 'hybrid' as const };
    const { token, vector, coverage } = await graph.retrieve(request);
    for (const weight of [0, 0.2, 1]) {
      const { hits } = await graph.search({ ...request, weight });
      expect(hits.map(({ id, score }) => ({ id, score }))).toEqual(
        rankCandidates(convexCombination(weight, 50), candidateTable({ token, vector, coverage })).slice(0, 20),
      );
    }
    const { hits: asUsual } = await graph.search(request);
    expect((await graph.search({ ...request, weight: 0.5 })).hits).toEqual(asUsual);
  });

  it('gives the same answer to the same question, alone or among many at once', async () => {
    const requests = modes.flatMap(mode =>
      ['red saw', 'valve', 'black paint brush'].map(text => ({ text, k: 15, mode })),
    );
    const alone = [];
    for (const request of requests) alone.push((await graph.search(request)).hits);
    const together = await Promise.all([...requests, ...requests].map(request => graph.search(request)));
    expect(together.map(({ hits }) => hits)).toEqual([...alone, ...alone]);
  });

  it('makes longer pages of shorter ones', async () => {
    for (const mode of modes) {
      const ids = async (k: number) =>
        (await scanning.search({ text: 'white shelf hinge', k, mode })).hits.map(({ id }) => id);
      expect((await ids(30)).slice(0, 7)).toEqual(await ids(7));
    }
  });

  it('finds the nearest by cosine: through the graph, exactly, and in a small index', async () => {
    const query = embedText('green nail lamp');
    const wanted = documents
      .map(({ id, title }) => ({ id, score: Math.fround(cosine(query, embedText(title))) }))
      .sort((a, b) => b.score - a.score)
      .slice(0, 10);
    for (const [index, exact] of [
      [graph, true],
      [scanning, false],
      [graph, false],
    ] as const) {
      const vector = index.nearest(query, 10, { exact, ef: 300 });
      wanted.forEach(({ score }, i) => {
        expect(vector[i].score).toBeCloseTo(score, 5);
      });
    }
  });

  it('embeds a query once, also when it is asked twice at the same time', async () => {
    const before = model.embedded();
    const ask = (text: string, country?: string) => graph.search({ text, country, k: 1, mode: 'vector' });
    await Promise.all([ask('never asked'), ask('never asked')]);
    await ask('never asked');
    expect(model.embedded()).toBe(before + 1);
    await ask('never asked', 'fr');
    expect(model.embedded()).toBe(before + 2);
  });

  it('does not keep a failed embedding', async () => {
    let calls = 0;
    const failing = {
      ...model,
      embedQuery: async () => (calls++ === 0 ? Promise.reject(new Error('busy')) : model.embedQuery({ text: 'x' })),
    };
    const index = await openIndex(join(folder, 'graph'), { embedder: failing });
    const ask = () => index.search({ text: 'drill', k: 1, mode: 'vector' });
    await expect(ask()).rejects.toThrow('busy');
    expect((await ask()).hits).toHaveLength(1);
    await index.close();
  });

  it.each([
    ['no hits', { k: 0 }],
    ['too many hits', { k: 1001 }],
    ['half a hit', { k: 1.5 }],
    ['an empty text', { text: '' }],
    ['no breadth', { ef: 0 }],
    ['a weight below 0', { weight: -0.1 }],
    ['a weight above 1', { weight: 1.1 }],
    ['a weight that is no number', { weight: Number.NaN }],
    ['a weight of tokens alone', { mode: 'token' as const, weight: 0.5 }],
    ['a weight of vectors alone', { mode: 'vector' as const, weight: 0.5 }],
  ])('refuses %s', async (_, change) => {
    const request = { text: 'drill', k: 3, mode: 'hybrid' as const, ...change };
    await expect(graph.search(request)).rejects.toMatchObject({ code: 'request/invalid' });
    await expect(graph.retrieve(request)).rejects.toMatchObject({ code: 'request/invalid' });
  });
});

describe('words', () => {
  it('are mended in the answer and completed while they are typed', async () => {
    const { suggestion } = await graph.search({ text: 'red hamer', k: 1, mode: 'token' });
    expect(suggestion).toBe('red hammer');
    expect(await graph.search({ text: 'red hammer', k: 1, mode: 'token' })).not.toHaveProperty('suggestion');
    expect(await graph.search({ text: 'red hamer', k: 1, mode: 'vector' })).not.toHaveProperty('suggestion');
    expect(await graph.complete({ text: 'red hamm', k: 1 })).toEqual([{ text: 'red hammer', kind: 'word' }]);
    for (const k of [0, 51, 1.5]) {
      await expect(graph.complete({ text: 'red', k })).rejects.toEqual(
        expect.objectContaining({ code: 'request/invalid' }),
      );
    }
  });
});

describe('filters', () => {
  const price = fc.integer({ min: 0, max: 99 });
  const clause = fc.oneof(
    fc.record({
      terms: fc.record({
        field: fc.constant('brand'),
        values: fc.subarray(
          [0, 1, 2, 3, 4].map(i => `brand ${i}`),
          { minLength: 1 },
        ),
      }),
    }),
    fc.tuple(price, price).map(([a, b]) => ({ range: { field: 'price', min: Math.min(a, b), max: Math.max(a, b) } })),
    fc.constant({ exists: { field: 'stock' } }),
  );

  it('leave exactly the documents that they hold for, in every mode and plan, in the order of the unfiltered answer', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(clause, { maxLength: 2 }),
        fc.constantFrom('token', 'vector'),
        async (filter: Filter, mode: SearchMode) => {
          const request = { text: 'red hammer drill', k: 600, mode, ef: 600 };
          for (const index of [graph, scanning]) {
            const { hits } = await index.search({ ...request, filter });
            const all = await index.search(request);
            const wanted = all.hits.filter(({ document }) => filterHolds(filter, document));
            expect(hits.map(({ id }) => id).sort()).toEqual(wanted.map(({ id }) => id).sort());
            const scores = new Map(wanted.map(({ id, score }) => [id, score]));
            for (const { id, score } of hits) expect(score).toBeCloseTo(scores.get(id) ?? Number.NaN, 5);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('fill the page of a hybrid search although few documents are accepted', async () => {
    const filter = [{ range: { field: 'price', min: 40, max: 44 } }];
    const accepted = documents.filter(({ price: asked = 0 }) => asked >= 40 && asked <= 44);
    const { hits } = await graph.search({ text: 'red hammer', k: 100, mode: 'hybrid', filter });
    expect(hits.map(({ id }) => id).sort()).toEqual(accepted.map(({ id }) => id).sort());
  });

  it('may accept nothing', async () => {
    for (const mode of modes) {
      const { hits } = await graph.search({ text: 'hammer', k: 5, mode, filter: [{ exists: { field: 'nowhere' } }] });
      expect(hits).toEqual([]);
    }
  });

  it('are refused when they are malformed', async () => {
    const filter: Filter = [{ range: { field: 'price', min: 3, max: 1 } }];
    await expect(graph.search({ text: 'hammer', k: 5, mode: 'token', filter })).rejects.toMatchObject({
      code: 'request/invalid',
    });
  });
});
