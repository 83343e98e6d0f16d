import { describe, expect, it } from 'vitest';
import { type DeepOptions, deepSchema } from '../../../../src/config/ranking.js';
import { seededRandom } from '../../../../src/math/random.js';
import { packEmbedding } from '../../../../training/ranking/deep/embeddings.js';
import type { PairRows } from '../../../../training/ranking/deep/pair-rows.js';
import { trainNetwork } from '../../../../training/ranking/deep/train-network.js';
import { ndcgMeter } from '../../../../training/ranking/ndcg.js';

const width = 8;
const each = 6;

/**
 * Queries of up to six documents. What is good shows in one dimension of both embeddings having one sign, which their cosine hardly tells, and in an input; the
 * score of the ranker before knows nothing.
 */
function pairs(seed: number, queries: number, isTold = true): PairRows {
  const random = seededRandom(seed);
  const embedding = (): Float32Array => {
    const values = Float32Array.from({ length: width }, () => random.normal());
    const length = Math.hypot(...values);
    return values.map(value => value / length);
  };
  const groups = [0];
  const [of, documents, inputs, first, gains]: [Int16Array[], Int16Array[], number[], number[], number[]] = [
    [],
    [],
    [],
    [],
    [],
  ];
  for (let query = 0; query < queries; query++) {
    const asked = embedding();
    of.push(packEmbedding(asked));
    const count = 3 + random.below(4);
    for (let i = 0; i < count; i++) {
      const document = embedding();
      const input = random.normal();
      documents.push(packEmbedding(document));
      inputs.push(input);
      first.push(random.normal());
      gains.push(isTold && asked[0] * document[0] > 0.02 ? (input > 0 ? 2 : 1) : 0);
    }
    groups.push(first.length);
  }
  const rows = { groups: Uint32Array.from(groups), gains: Float64Array.from(gains) };
  const ideal = Float64Array.from({ length: queries }, (_, query) => {
    const best = [...rows.gains.subarray(groups[query], groups[query + 1])].sort((a, b) => b - a);
    return best.reduce((sum, gain, rank) => sum + gain / Math.log2(rank + 2), 0);
  });
  return {
    ...rows,
    queries: of,
    documents,
    inputs: Float32Array.from(inputs),
    first: Float32Array.from(first),
    ideal,
  };
}

const measureOf = ({ groups, gains }: PairRows) => ndcgMeter({ features: [], columns: [], groups, gains }, 10);
const options = (changes: Partial<DeepOptions> = {}): DeepOptions =>
  deepSchema.parse({ epochs: 30, earlyStop: 0, learningRate: 0.02, decay: 0, batch: 16, hidden: 16, ...changes });
const train = (rows: PairRows, held: PairRows, of: DeepOptions, at = width) =>
  trainNetwork(rows, held, { width: at, each }, of, measureOf(held));

describe('training a network behind a ranker', () => {
  const [rows, held] = [pairs(1, 300), pairs(2, 100)];
  const before = measureOf(held)(Float64Array.from(held.first));

  it.each(['lambda', 'softmax'] as const)('learns from embeddings what no score told, by the loss %s', async loss => {
    const { best, scores } = await train(rows, held, options({ loss }));
    expect(best.validation).toBeGreaterThan(before + 0.1);
    expect(measureOf(held)(scores)).toBe(best.validation);
    const unread = (of: PairRows): PairRows => ({ ...of, queries: [], documents: [] });
    const without = await train(unread(rows), unread(held), options({ loss }), 0);
    expect(without.best.validation).toBeGreaterThan(before);
    expect(without.best.validation).toBeLessThan(best.validation - 0.03);
  });

  it('is the same for the same seed, and another for another', async () => {
    const short = (seed: number) => train(rows, held, options({ epochs: 2, seed }));
    const [first, again, other] = [await short(1), await short(1), await short(2)];
    expect(again).toEqual(first);
    expect(other.parameters).not.toEqual(first.parameters);
  });

  it('leaves the order as it is where there is nothing to be learnt for others', async () => {
    // good is here what is bad there
    const opposite = { ...held, gains: held.gains.map(gain => 2 - gain) };
    const { best, scores } = await train(
      { ...rows, first: rows.first.map((_, row) => rows.gains[row]) },
      { ...opposite, first: opposite.first.map((_, row) => opposite.gains[row]) },
      options({ epochs: 3 }),
    );
    expect(best.epoch).toBe(0);
    expect(best.validation).toBe(1);
    expect([...scores]).toEqual([...opposite.gains]);
  });

  it('stops where validation gets no better for so many epochs', async () => {
    const seen: number[] = [];
    const opposite = { ...held, gains: held.gains.map(gain => 2 - gain) };
    await trainNetwork(
      rows,
      opposite,
      { width, each },
      options({ earlyStop: 2 }),
      () => 0.5,
      ({ epoch }) => {
        seen.push(epoch);
      },
    );
    expect(seen).toEqual([0, 1, 2]);
  });

  it('refuses queries whose documents are all alike', async () => {
    await expect(train(pairs(1, 20, false), held, options())).rejects.toMatchObject({
      code: 'ranker/nothing-to-learn',
    });
  });
});
