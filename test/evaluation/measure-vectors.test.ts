import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rocAuc } from '../../src/evaluation/embedding-metrics.js';
import { measureVectors } from '../../src/evaluation/measure-vectors.js';
import type { Qrels } from '../../src/evaluation/trec.js';
import { buildIndex } from '../../src/search/build-index.js';
import type { EmbeddedIndex } from '../../src/search/embedded-backend.js';
import { openIndex } from '../../src/search/open-index.js';
import { embedText, indexing, letterModel, makeDocuments } from '../search/fixture.js';

const documents = makeDocuments(600);
const titleOf = new Map(documents.map(({ id, title }) => [id, title]));
/** Queries that lack the first letters of a title, so that its document is near and not always the nearest. */
const queries = documents.slice(0, 40).map(({ id, title }) => ({ id: `q${id}`, text: title.slice(9) }));
const qrels: Qrels = new Map(
  queries.map(({ id }, i) => [
    id,
    new Map([
      [`d${i}`, 3],
      [`d${i + 100}`, 0],
      ['gone', 3],
    ]),
  ]),
);
const cosine = (a: Float32Array, b: Float32Array): number => a.reduce((sum, x, i) => sum + x * b[i], 0);
const scoreOf = (text: string, id: string): number => cosine(embedText(text), embedText(titleOf.get(id)!));

let folder: string;
const opened: Record<string, EmbeddedIndex> = {};
const model = letterModel();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-measure-'));
  for (const [name, exactBelow] of [
    ['flat', 1000],
    ['hnsw', 1],
  ] as const) {
    await buildIndex({ documents, embedder: model, indexing: indexing({ exactBelow }), out: join(folder, name) });
    opened[name] = await openIndex(join(folder, name), { embedder: model });
  }
});
afterAll(async () => {
  for (const index of Object.values(opened)) await index.close();
  await rm(folder, { recursive: true });
});

const measure = (index: EmbeddedIndex, judged: Qrels = qrels) =>
  measureVectors(index, model, queries, judged, { relevanceLevel: 2, seed: 1 });

describe('measureVectors', () => {
  it('KNN Recall equals a scan of all documents, written out', async () => {
    const { figures, queries: count } = await measure(opened.hnsw);
    const ranks = queries.map(({ text }, i) => {
      const own = scoreOf(text, `d${i}`);
      return documents.filter(({ id }) => {
        const score = scoreOf(text, id);
        return score > own + 1e-9 || (Math.abs(score - own) <= 1e-9 && id < `d${i}`);
      }).length;
    });
    const recall = (K: number): number => ranks.filter(rank => rank < K).length / ranks.length;
    expect(count).toBe(40);
    expect(recall(10)).toBeGreaterThan(0);
    expect(recall(10)).toBeLessThan(1);
    expect(figures['KNN Recall@10 exact']).toBeCloseTo(recall(10), 12);
    expect(figures['KNN Recall@100 exact']).toBeCloseTo(recall(100), 12);
    // ef is 100 by default, of 600 documents: the graph finds about what the scan finds
    expect(Math.abs(figures['KNN Recall@10 HNSW'] - recall(10))).toBeLessThan(0.06);
    expect(figures['KNN Recall@100 HNSW']).toBeGreaterThan(recall(100) - 0.06);
  });

  it('ROC AUC is that of relevant against judged and random documents', async () => {
    const { figures } = await measure(opened.hnsw);
    const scores = queries.flatMap(({ text }) => documents.map(({ id }) => scoreOf(text, id)));
    const labels = queries.flatMap((_, i) => documents.map(({ id }) => id === `d${i}`));
    expect(Math.abs(figures['ROC AUC'] - rocAuc(scores, labels))).toBeLessThan(0.03);
  });

  it('Batch Recall of one batch equals comparing every pair', async () => {
    const { figures } = await measure(opened.hnsw);
    const ahead = queries.map(({ text }, i) => {
      const own = scoreOf(text, `d${i}`);
      return queries.filter((_, j) => j !== i && scoreOf(text, `d${j}`) >= own - 1e-9).length;
    });
    expect(figures['Batch Recall@1']).toBeCloseTo(ahead.filter(n => n < 1).length / 40, 12);
    expect(figures['Batch Recall@10']).toBeCloseTo(ahead.filter(n => n < 10).length / 40, 12);
  });

  it('recall against ef rises to the exact scan', async () => {
    const { efCurve } = await measure(opened.hnsw);
    expect(efCurve.map(({ ef }) => ef)).toEqual([10, 20, 50, 100, 200]);
    expect(efCurve[0].recall).toBeGreaterThan(0.5);
    expect(efCurve[4].recall).toBeGreaterThanOrEqual(efCurve[0].recall);
    expect(efCurve[4].recall).toBeGreaterThan(0.99);
    expect(efCurve[4].recall).toBeLessThanOrEqual(1);
  });

  it('an index without a graph has no figures of one', async () => {
    const [flat, hnsw] = [await measure(opened.flat), await measure(opened.hnsw)];
    expect(Object.keys(flat.figures).filter(name => name.includes('HNSW'))).toEqual([]);
    expect(flat.efCurve).toEqual([]);
    for (const [name, value] of Object.entries(flat.figures)) expect(hnsw.figures[name]).toBeCloseTo(value, 12);
  });

  it('refuses queries without a relevant document, and an index without vectors', async () => {
    const none: Qrels = new Map([[queries[0].id, new Map([['d1', 1]])]]);
    await expect(measure(opened.hnsw, none)).rejects.toMatchObject({ code: 'evaluation/no-queries' });
    await buildIndex({ documents, indexing: indexing(), out: join(folder, 'token') });
    opened.token = await openIndex(join(folder, 'token'));
    await expect(measure(opened.token)).rejects.toMatchObject({ code: 'index/no-vectors' });
  });
});
