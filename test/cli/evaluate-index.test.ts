import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { trainSmallModel } from '../small-model.js';
import { runTandem } from './run-tandem.js';

let folder: string;
const at = (name: string): string => join(folder, name);

async function tandem(...words: string[]): Promise<Record<string, unknown>> {
  const { exit, out } = await runTandem([...words, '--json']);
  expect(exit, out).toBe(0);
  return JSON.parse(out);
}

const judged = (split: string): string[] => [
  ...['--queries', at(`data/queries.${split}.jsonl`), '--qrels', at(`data/qrels.${split}.trec`)],
];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-evaluate-'));
  await trainSmallModel(folder);
  const words = ['--model', at('model'), '--documents', at('documents.jsonl'), '--set', 'indexing.exactBelow=10'];
  await tandem('index', ...words, ...judged('validation'), '--out', at('index'));
});
afterAll(() => rm(folder, { recursive: true }));

const embeddingFigures = [
  'KNN Recall@10 exact',
  'KNN Recall@100 exact',
  'KNN Recall@10 HNSW',
  'KNN Recall@100 HNSW',
  'Batch Recall@1',
  'Batch Recall@10',
  'ROC AUC',
];

it('measures the embeddings under the vector mode, and the report shows the curves', async () => {
  const words = ['--index', at('index'), ...judged('test'), '--out', at('report.html')];
  const { metrics } = (await tandem('evaluate', ...words)) as { metrics: Record<string, Record<string, number>> };
  expect(Object.keys(metrics)).toEqual(['hybrid', 'vector', 'token']);
  expect(Object.keys(metrics.vector)).toEqual([...Object.keys(metrics.hybrid), ...embeddingFigures]);
  for (const name of embeddingFigures) {
    expect(metrics.vector[name], name).toBeGreaterThanOrEqual(0);
    expect(metrics.vector[name], name).toBeLessThanOrEqual(1);
  }
  // trained on such queries: better than chance
  expect(metrics.vector['ROC AUC']).toBeGreaterThan(0.6);
  const report = await readFile(at('report.html'), 'utf8');
  for (const title of ['against the fusion weight', 'Recall of the vector index against ef', 'KNN Recall@10 HNSW']) {
    expect(report).toContain(title);
  }
});

it('leaves them out where the vector mode is not asked for', async () => {
  const words = ['--index', at('index'), ...judged('test'), '--mode', 'token'];
  const { metrics } = (await tandem('evaluate', ...words)) as { metrics: Record<string, Record<string, number>> };
  expect(Object.keys(metrics)).toEqual(['token']);
  expect(Object.keys(metrics.token)).not.toContain('ROC AUC');
});
