import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportTower } from '../../models/export-tower.js';
import { createFeatureExtractor, type Features } from '../../models/features.js';
import { createModelState, type ModelState } from '../../models/model-state.js';
import { documentTowerRow, embedRows, queryTowerRow, type RunnableTowers } from '../../models/runtime/embedder.js';
import { createNativeGraph } from '../../models/runtime/session.js';
import { rocAuc } from '../../src/evaluation/embedding-metrics.js';
import { evaluateRun } from '../../src/evaluation/evaluate.js';
import { sampleAucPairs } from '../../src/evaluation/sampled-auc.js';
import { featureImportance, type Importance } from '../../training/feature-importance.js';
import { inspectModel } from '../../training/inspect-model.js';
import { createValidationSet } from '../../training/validation.js';
import { smallConfig } from './fixture.js';

const countries = ['de', 'fr'];
const config = smallConfig({
  towers: {
    query: ['trigram', 'word', 'country'],
    document: ['titleWord', 'descriptionWord', 'country'],
    embeddingWidth: 32,
    tableWidth: 32,
    // no two words share a row
    wordBuckets: 2 ** 16,
  },
});

/** 150 documents of one word each, which a query asks for; half of them have a description, three in four a country. */
const documents = Array.from({ length: 150 }, (_, i) => ({
  id: `d${String(i).padStart(3, '0')}`,
  title: `word${i}`,
  ...(i % 2 === 0 && { description: `noise${i % 7}` }),
  ...(i % 4 !== 0 && { country: countries[i % 2] }),
}));
const queries = documents.slice(0, 60).map(({ id, title, country }) => ({ id: `q${id}`, text: title, country }));
const judged = { queries, qrels: new Map(documents.slice(0, 60).map(({ id }) => [`q${id}`, new Map([[id, 1]])])) };
const set = createValidationSet(judged, documents)!;

/** Writes the identity, times a factor, over the weights of a channel. */
function setLinear({ dense }: ModelState, name: string, factor: number): void {
  const { values, shape } = dense[`${name}.weight`];
  values.fill(0);
  for (let j = 0; j < shape[0]; j++) values[j * shape[1] + j] = factor;
}

/**
 * Towers in which the words of query and title say everything: all channels count the same, the vector of a word is what the table holds,
 * that of a description is zero, and those of trigrams and countries are small noise.
 */
async function constructedTowers(): Promise<RunnableTowers> {
  const state = createModelState(config, { countries, tokens: 0, maxQueryTokens: 0, maxDocumentTokens: 0 });
  for (const tower of ['query', 'document']) state.dense[`${tower}.fusion.weight`].values.fill(0);
  setLinear(state, 'query.word', 1);
  setLinear(state, 'document.titleWord', 1);
  setLinear(state, 'document.descriptionWord', 0);
  for (const name of ['query.trigram', 'query.country', 'document.country']) setLinear(state, name, 1e-4);
  const runnable = async (name: 'query' | 'document') => ({
    tower: state.towers[name],
    tables: state.tables,
    extract: createFeatureExtractor(state.towers[name], { towers: config.towers, countries, maxTokens: 0 }),
    graph: await createNativeGraph(exportTower(state.towers[name], state), { threads: 1 }),
  });
  return { query: await runnable('query'), document: await runnable('document') };
}

let towers: RunnableTowers;
let measured: Importance;
const told: (readonly [done: number, total: number])[] = [];
beforeAll(async () => {
  towers = await constructedTowers();
  const onProgress = (done: number, total: number): void => void told.push([done, total]);
  measured = await featureImportance({ towers, features: features(), documents, set, seed: 1, threads: 1, onProgress });
});
afterAll(async () => {
  await towers.query.graph.close();
  await towers.document.graph.close();
});

const features = (): Record<'query' | 'document', Features[]> => ({
  query: queries.map(row => towers.query.extract(queryTowerRow(row))),
  document: documents.map(row => towers.document.extract(documentTowerRow(row))),
});

/** The figures by rows that lack a field, and a plain scan. */
async function naiveFigures(
  queryRows: readonly { text: string; country?: string }[],
  documentRows: readonly { id: string; title: string; description?: string; country?: string }[],
) {
  const { embeddings: q } = await embedRows(towers.query, queryRows.map(queryTowerRow));
  const { embeddings: d } = await embedRows(
    towers.document,
    documentRows.map(row => documentTowerRow(row)),
  );
  const cosine = (i: number, j: number): number => {
    let sum = 0;
    for (let k = 0; k < 32; k++) sum += q[i * 32 + k] * d[j * 32 + k];
    return sum;
  };
  const run = new Map(
    queries.map(({ id }, i) => [
      id,
      documents
        .map((row, j) => ({ id: row.id, score: cosine(i, j) }))
        .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
        .slice(0, 100),
    ]),
  );
  const pairs = sampleAucPairs(
    set.relevant.map(relevant => ({ relevant, others: [] })),
    { documents: documents.length, negatives: 50, seed: 0 },
  );
  const { means } = evaluateRun(run, judged.qrels);
  return {
    'nDCG@10': means['nDCG@10'],
    'Recall@100': means['Recall@100'],
    'ROC AUC': rocAuc(
      pairs.map(({ query, document }) => cosine(query, document)),
      pairs.map(({ positive }) => positive),
    ),
  };
}

describe('featureImportance', () => {
  it('puts on top what carries everything, and finds nothing in noise', () => {
    const { figures, importance } = measured;
    // every query finds its document first
    expect(figures['nDCG@10']).toBe(1);
    const lost = new Map(importance.map(({ tower, channel, lost }) => [`${tower}.${channel}`, lost]));
    expect([...lost.keys()]).toEqual([
      ...['query.trigram', 'query.word', 'query.country'],
      ...['document.titleWord', 'document.descriptionWord', 'document.country'],
    ]);
    for (const [channel, figures] of lost) {
      const { low, mean, high } = figures['nDCG@10'];
      if (/word|titleWord/.test(channel) && channel !== 'document.descriptionWord') {
        // without it, the one relevant of 150 documents is among the first ten by chance
        expect(mean, channel).toBeGreaterThan(0.8);
        expect(low, channel).toBeGreaterThan(0.7);
      } else {
        expect(low, channel).toBeLessThanOrEqual(0);
        expect(high, channel).toBeGreaterThanOrEqual(0);
        expect(Math.abs(mean), channel).toBeLessThan(0.01);
      }
    }
  });

  it('measures what rows without the field give', async () => {
    const { figures, importance } = measured;
    const without = (tower: string, channel: string) =>
      importance.find(row => row.tower === tower && row.channel === channel)!.without;
    const none = undefined;
    const expected: [Readonly<Record<string, number>>, Record<string, number>][] = [
      [figures, await naiveFigures(queries, documents)],
      [
        without('query', 'country'),
        await naiveFigures(
          queries.map(({ text }) => ({ text })),
          documents,
        ),
      ],
      [
        without('document', 'titleWord'),
        await naiveFigures(
          queries,
          documents.map(row => ({ ...row, title: '' })),
        ),
      ],
      [
        without('document', 'country'),
        await naiveFigures(
          queries,
          documents.map(row => ({ ...row, country: none })),
        ),
      ],
    ];
    for (const [found, naive] of expected) {
      for (const [name, value] of Object.entries(naive)) expect(found[name], name).toBeCloseTo(value, 6);
    }
  });

  it('loses what the figures with and without differ by', () => {
    const { figures, importance } = measured;
    for (const { without, lost } of importance) {
      for (const [name, { mean }] of Object.entries(lost)) expect(mean).toBeCloseTo(figures[name] - without[name], 10);
    }
  });

  it('counts the rows that have a value', () => {
    expect(measured.importance.map(({ channel, share }) => [channel, share])).toEqual([
      ['trigram', 1],
      ['word', 1],
      ['country', 45 / 60],
      ['titleWord', 1],
      ['descriptionWord', 75 / 150],
      // 112 of 150 numbers are no multiple of 4
      ['country', 112 / 150],
    ]);
  });

  it('tells how far it is, up to all rows of all passes', () => {
    const total = 60 * (1 + 3) + 150 * (1 + 3);
    expect(told.at(-1)).toEqual([total, total]);
    expect(told.map(([done]) => done)).toEqual(told.map(([done]) => done).sort((a, b) => a - b));
  });
});

describe('inspectModel', () => {
  it('cuts the fusion weights by words, country and description', async () => {
    const { queries: count, weights } = await inspectModel(towers, documents, judged, { seed: 1, threads: 1 });
    expect(count).toBe(60);
    expect(weights.map(({ tower, by }) => `${tower} ${by}`)).toEqual([
      ...['query all', 'query words', 'query country'],
      ...['document all', 'document description', 'document country'],
    ]);
    // all channels that are present count the same: a third each, or half each without a description
    const [, , , , description] = weights;
    expect(description.rows.map(({ value, count }) => [value, count])).toEqual([
      ['with', 75],
      ['without', 75],
    ]);
    const expected = [
      [1 / 3, 1 / 3, 1 / 3],
      [1 / 2, 0, 1 / 2],
    ];
    description.rows.forEach(({ weights: found }, r) => {
      for (const [c, weight] of found.entries()) expect(weight).toBeCloseTo(expected[r][c], 6);
    });
    expect(weights[2].rows.map(({ value, count }) => [value, count])).toEqual([
      ['fr', 30],
      ['(none)', 15],
      ['de', 15],
    ]);
  });

  it('needs a judged query with something to find', async () => {
    const none = { queries, qrels: new Map() };
    await expect(inspectModel(towers, documents, none, { seed: 1, threads: 1 })).rejects.toMatchObject({
      code: 'evaluation/no-queries',
    });
  });
});
