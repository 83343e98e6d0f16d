import { describe, expect, it } from 'vitest';
import { createModelState } from '../../models/model-state.js';
import { createLossMeter, fixBatches, fixPairs } from '../../training/batch-losses.js';
import { createCorpus } from '../../training/corpus.js';
import { embedTowerFeatures } from '../../training/exact-search.js';
import { createValidationSet } from '../../training/validation.js';
import { makeData, smallConfig } from './fixture.js';

const example = (query: string, document: number) => ({ query, document });

describe('fixBatches', () => {
  const examples = Array.from({ length: 11 }, (_, i) => example(`q${i}`, i));

  it('cuts whole batches, each example once, the same for the same seed', () => {
    const { batches } = fixBatches(examples, new Map(), { size: 3, most: 8, seed: 1 });
    expect(batches.map(batch => batch.length)).toEqual([3, 3, 3]);
    expect(new Set(batches.flat()).size).toBe(9);
    expect(fixBatches(examples, new Map(), { size: 3, most: 8, seed: 1 }).batches).toEqual(batches);
    expect(fixBatches(examples, new Map(), { size: 3, most: 8, seed: 2 }).batches).not.toEqual(batches);
    expect(fixBatches(examples, new Map(), { size: 3, most: 2, seed: 1 }).batches).toEqual(batches.slice(0, 2));
  });
});

describe('fixPairs', () => {
  const data = makeData(); // 192 pairs; 48 validation queries with one relevant document each
  const set = createValidationSet(data.validation!, data.documents)!;

  it('takes the size of training, or what leaves four batches', async () => {
    const corpus = await createCorpus(smallConfig(), data);
    // 48 / 4; 192 / 12 = 16 batches of training pairs, of which 8 are taken
    const fixed = fixPairs(corpus, data, set);
    expect([fixed.size, fixed.training.batches.length, fixed.validation.batches.length]).toEqual([12, 8, 4]);
    const small = await createCorpus(smallConfig({ training: { batchSize: 5 } }), data);
    expect(fixPairs(small, data, set).size).toBe(5);
    const relevant = new Set(set.relevant.flat());
    expect(fixed.validation.batches.flat().every(({ document }) => relevant.has(document))).toBe(true);
    expect(fixed.training.batches.flat().every(pair => data.pairs.some(({ query }) => query === pair.query))).toBe(
      true,
    );
  });

  it('needs eight pairs of each kind', async () => {
    const few = { ...data, pairs: data.pairs.slice(0, 7) };
    const corpus = await createCorpus(smallConfig(), few);
    expect(() => fixPairs(corpus, few, set)).toThrow(
      expect.objectContaining({ code: 'training/no-examples', message: expect.stringContaining('there are 7 and 48') }),
    );
  });
});

describe('a loss meter', () => {
  const scale = 20;

  it('knows the loss of chance: the logarithm of the documents that stand against each other', async () => {
    const meter = await createLossMeter(4, 8, { scale, symmetric: false, threads: 1 });
    const batch = [example('a', 0), example('b', 1), example('c', 2), example('d', 3)];
    // in the second batch query a stands twice, so that its two rows have three documents, the others four
    const twice = [example('a', 0), example('a', 1), example('c', 2), example('d', 3)];
    const found = await meter.chance({ batches: [batch, twice], positives: new Map() });
    await meter.close();
    expect(found[0]).toBeCloseTo(Math.log(4), 5);
    expect(found[1]).toBeCloseTo((2 * Math.log(3) + 2 * Math.log(4)) / 4, 5);
  });

  it.each([false, true])('agrees with a plain softmax over the served embeddings (symmetric: %s)', async symmetric => {
    const config = smallConfig();
    const data = makeData();
    const corpus = await createCorpus(config, data);
    const state = createModelState(config, corpus.vocabulary);
    const batch = data.pairs.slice(0, 6);
    const meter = await createLossMeter(6, 16, { scale, symmetric, threads: 1 });
    const [found] = await meter.losses(state, corpus, { batches: [batch], positives: corpus.positives });
    await meter.close();

    const queries = batch.map(({ query }) => corpus.queryFeatures({ text: query }));
    const q = await embedTowerFeatures(state, 'query', queries, 1);
    const documents = batch.map(({ document }) => corpus.documents[document]);
    const d = await embedTowerFeatures(state, 'document', documents, 1);
    const score = (i: number, j: number): number => {
      let sum = 0;
      for (let k = 0; k < 16; k++) sum += q[i * 16 + k] * d[j * 16 + k];
      return scale * sum;
    };
    const isOpen = (i: number, j: number): boolean =>
      i === j ||
      (batch[i].query !== batch[j].query &&
        !corpus.positives.get(`${batch[i].query}\t`)!.has(batch[j].document) &&
        !corpus.positives.get(`${batch[j].query}\t`)!.has(batch[i].document));
    const places = [...batch.keys()];
    const logSum = (scores: readonly number[]): number => Math.log(scores.reduce((sum, s) => sum + Math.exp(s), 0));
    const rows = places.map(i => logSum(places.filter(j => isOpen(i, j)).map(j => score(i, j))) - score(i, i));
    const columns = places.map(j => logSum(places.filter(i => isOpen(i, j)).map(i => score(i, j))) - score(j, j));
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(found).toBeCloseTo(symmetric ? (mean(rows) + mean(columns)) / 2 : mean(rows), 4);
  });
});
