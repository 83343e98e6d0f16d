import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildIndex } from '../../src/search/build-index.js';
import { readManifest } from '../../src/search/manifest.js';
import { checkedQueries, measureGraph } from '../../src/search/measure-graph.js';
import { repairIndex } from '../../src/search/repair-index.js';
import { type DocumentStore, openDocumentStore } from '../../src/store/document-store.js';
import { createFlatIndex } from '../../src/vector/flat-index.js';
import { createQuantizedIndex } from '../../src/vector/quantized-index.js';
import type { VectorIndex } from '../../src/vector/vector-index.js';
import { embedText, indexing, letterModel, makeDocuments } from './fixture.js';

const model = letterModel();
const documents = makeDocuments(400);
let folder: string;
let store: DocumentStore;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-graph-check-'));
  store = await openDocumentStore(join(folder, 'store'));
  await store.put(documents, await model.embedDocuments(documents));
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

const filled = (index: VectorIndex): VectorIndex => {
  for (const { id, title } of documents) index.add([id], embedText(title));
  return index;
};
const cosine = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i], 0);
const graph = (m: number, efConstruction: number, ef: number): VectorIndex =>
  filled(createQuantizedIndex(16, { m, efConstruction, ef }));

describe('checkedQueries', () => {
  it.each([
    [50, 16, 50], // no more than there are
    [12_000, 256, 200],
    // 4e9 / (10^5 * 400) = 100
    [100_000, 400, 100],
    [1_000_000, 512, 20],
  ])('of %d embeddings of width %d: %d', (n, width, queries) => {
    expect(checkedQueries(n, width)).toBe(queries);
  });
});

describe('measureGraph', () => {
  it('is 1 for a graph that is searched as broadly as it is large', async () => {
    expect(await measureGraph(graph(16, 200, 400), store, model.embedQuery, 400)).toEqual({
      recall: 1,
      ef: 400,
      queries: 200,
    });
  });

  it('is the part that the graph finds of the ten nearest, meaned over different documents', async () => {
    // every second document lies on the other side of the graph: of the ten nearest it finds those that are left
    const few = documents.slice(0, 100);
    const part = await openDocumentStore(join(folder, 'part'));
    await part.put(few, await model.embedDocuments(few));
    const half = createQuantizedIndex(16, { m: 16, efConstruction: 200, ef: 400 });
    const kept = new Set(few.filter((_, i) => i % 2 === 0));
    for (const document of few) {
      const sign = kept.has(document) ? 1 : -1;
      half.add(
        [document.id],
        embedText(document.title).map(value => sign * value),
      );
    }
    const different = new Map(few.map(({ title }) => [String(embedText(title)), embedText(title)]));
    let sum = 0;
    for (const query of different.values()) {
      const scored = few.map(document => ({ document, score: cosine(query, embedText(document.title)) }));
      const least = scored.map(({ score }) => score).sort((a, b) => b - a)[9] - 1e-6;
      const found = scored.filter(({ document, score }) => kept.has(document) && score >= least);
      sum += Math.min(10, found.length) / 10;
    }
    const measured = await measureGraph(half, part, model.embedQuery, 400);
    expect(measured?.queries).toBe(different.size);
    expect(measured?.recall).toBeCloseTo(sum / different.size, 10);
    await part.close();
  });

  it('is low where the graph is thin and searched narrowly', async () => {
    const measured = await measureGraph(graph(2, 2, 1), store, model.embedQuery, 1);
    expect(measured?.recall).toBeLessThan(0.9);
  });

  it('has nothing to measure where vectors are searched exactly, or the query tower reads no title', async () => {
    expect(await measureGraph(filled(createFlatIndex(16)), store, model.embedQuery, 400)).toBeUndefined();
    const blind = async () => ({ embedding: new Float32Array(16), channels: {} });
    expect(await measureGraph(graph(16, 200, 400), store, blind, 400)).toBeUndefined();
  });

  it('asks one of many documents with equal embeddings', async () => {
    const copies = await openDocumentStore(join(folder, 'copies'));
    const rows = [...documents.slice(0, 5), ...documents.map(({ id }) => ({ id: `copy ${id}`, title: 'garden hose' }))];
    const index = createQuantizedIndex(16, { m: 16, efConstruction: 200, ef: 400 });
    await copies.put(rows, await model.embedDocuments(rows));
    for (const { id, title } of rows) index.add([id], embedText(title));
    expect(await measureGraph(index, copies, model.embedQuery, 400)).toMatchObject({ recall: 1, queries: 6 });
    await copies.close();
  });
});

describe('the check of a graph', () => {
  it('stands in the manifest of a built index, stays when it is saved, and is made anew by a repair', async () => {
    const out = join(folder, 'index');
    await buildIndex({ documents, embedder: model, indexing: indexing({ exactBelow: 100 }), out });
    const { graph: built } = await readManifest(out);
    expect(built).toEqual({ recall: 1, ef: 400, queries: 200 });
    expect((await repairIndex(out, model)).graph).toEqual(built);
    // without the model there is nobody to ask
    expect((await repairIndex(out)).graph).toBeUndefined();
  });

  it('is absent where vectors are searched exactly', async () => {
    const out = join(folder, 'flat');
    expect((await buildIndex({ documents, embedder: model, indexing: indexing(), out })).graph).toBeUndefined();
  });
});
