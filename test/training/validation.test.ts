import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../models/runtime/load-model.js';
import { rocAuc } from '../../src/evaluation/embedding-metrics.js';
import { evaluateRun } from '../../src/evaluation/evaluate.js';
import { train } from '../../training/trainer.js';
import { createValidationSet } from '../../training/validation.js';
import { temporaryFolder } from '../data/temporary-folder.js';
import { makeData, smallConfig, stage } from './fixture.js';

const documents = ['a', 'b', 'c'].map(id => ({ id, title: id }));

/** query -> document -> gain */
const judged = (
  gains: Readonly<Record<string, Readonly<Record<string, number>>>>,
  further: readonly string[] = [],
) => ({
  queries: [...Object.keys(gains), ...further].map(id => ({ id, text: id })),
  qrels: new Map(Object.entries(gains).map(([id, row]) => [id, new Map(Object.entries(row))])),
});

describe('createValidationSet', () => {
  it('takes half of the greatest gain as relevant, rounded up, at least 1', () => {
    // gains 0..2: 1 counts; gains 0..3: 2 counts
    expect(createValidationSet(judged({ q: { a: 1, b: 2, c: 0 } }), documents)).toMatchObject({
      level: 1,
      relevant: [[0, 1]],
    });
    expect(createValidationSet(judged({ q: { a: 1, b: 2, c: 3 } }), documents)).toMatchObject({
      level: 2,
      relevant: [[1, 2]],
    });
    expect(createValidationSet(judged({ q: { b: 0.5, c: 1 } }), documents)).toMatchObject({
      level: 1,
      relevant: [[2]],
    });
  });

  it('leaves out queries without judgements and documents that are not there', () => {
    const set = createValidationSet(judged({ q: { b: 1, gone: 1 }, r: { gone: 1 } }, ['unjudged']), documents);
    expect(set?.queries.map(({ id }) => id)).toEqual(['q', 'r']);
    expect(set?.relevant).toEqual([[1], []]);
  });

  it.each([
    ['no query is judged', judged({}, ['q'])],
    ['nothing is relevant', judged({ q: { a: 0, b: 0 } })],
    ['every document is relevant to every query', judged({ q: { a: 1, b: 1, c: 1 } })],
    ['the relevant ones are not there', judged({ q: { gone: 1 } })],
  ])('is undefined where %s', (_, rows) => expect(createValidationSet(rows, documents)).toBeUndefined());

  it('looks at judgements of any number', () => {
    const many = new Map(Array.from({ length: 200_000 }, (_, d) => [`d${d}`, 1]));
    const rows = { queries: [{ id: 'q', text: 'q' }], qrels: new Map([['q', many.set('b', 1)]]) };
    expect(createValidationSet(rows, documents)?.relevant).toEqual([[1]]);
  });
});

describe('validate', () => {
  it('gives the figures of the served model, over more documents than one block holds', async () => {
    const out = join(await temporaryFolder(), 'model');
    const small = makeData();
    // 2,240 documents: the last 2,000 are never asked for
    const others = Array.from({ length: 2000 }, (_, i) => ({
      id: `x${i}`,
      title: `part ${i} of ${i % 17} for ${i % 23}`,
    }));
    const data = { ...small, documents: [...small.documents, ...others] };
    const config = smallConfig({ training: { batchSize: 256, stages: [stage(1, 0.8)] } });
    const { metrics } = await train({ data, config, out, tandem: '' });

    const model = await loadModel(out, { threads: 1 });
    const { queries, qrels } = data.validation!;
    const q = await model.embedQueries(queries);
    const d = await model.embedDocuments(data.documents);
    await model.close();
    const scores: number[] = [];
    const labels: boolean[] = [];
    const run = new Map(
      queries.map(({ id }, n) => {
        const hits = data.documents.map((document, m) => {
          let score = 0;
          for (let j = 0; j < 16; j++) score += q[16 * n + j] * d[16 * m + j];
          scores.push(score);
          labels.push(qrels.get(id)!.has(document.id));
          return { id: document.id, score };
        });
        return [id, hits.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)).slice(0, 100)];
      }),
    );
    const { means } = evaluateRun(run, qrels, { relevanceLevel: 1 });
    expect(Object.keys(metrics)).toEqual(['ROC AUC', ...Object.keys(means)]);
    for (const [name, value] of Object.entries(means)) expect(metrics[name], name).toBeCloseTo(value, 3);
    // sampled: 50 documents a query stand for all
    expect(Math.abs(metrics['ROC AUC'] - rocAuc(scores, labels))).toBeLessThan(0.05);
    expect(metrics['nDCG@10']).toBeGreaterThan(0);
  });
});
