import { beforeAll, describe, expect, it } from 'vitest';
import {
  exportRankingNetwork,
  initialRankingParameters,
  type RankingNetworkShape,
  type RankingParameters,
  rankingScores,
} from '../../models/ranking-network.js';
import { loadTensorFlow, type Tensor, type Tf } from '../../models/recorder/tensorflow.js';
import { openPairScorer } from '../../models/runtime/pair-scorer.js';
import { seededRandom } from '../../src/math/random.js';

let tf: Tf;
beforeAll(async () => {
  tf = loadTensorFlow();
  await tf.setBackend('cpu');
});

interface Pairs {
  readonly query: Float32Array;
  readonly documents: Float32Array;
  readonly inputs: Float32Array;
  readonly first: Float32Array;
}

/** Operation by operation, without a recording. */
function eager(shape: RankingNetworkShape, parameters: RankingParameters, pairs: Pairs): number[] {
  const n = pairs.first.length;
  return tf.tidy(() => {
    const given = Object.fromEntries(
      Object.entries(parameters).map(([name, { values, shape: sizes }]) => [name, tf.tensor(values, [...sizes])]),
    ) as unknown as Record<keyof RankingParameters, Tensor>;
    const scores = rankingScores(tf, shape, given, {
      ...(shape.width > 0 && {
        query: tf.tensor(pairs.query, [1, 1, shape.width]),
        documents: tf.tensor(pairs.documents, [1, n, shape.width]),
      }),
      inputs: tf.tensor(pairs.inputs, [1, n, shape.inputs]),
      first: tf.tensor(pairs.first, [1, n]),
    });
    return [...scores.dataSync()];
  });
}

async function exported(shape: RankingNetworkShape, parameters: RankingParameters, pairs: Pairs): Promise<number[]> {
  const scorer = await openPairScorer(exportRankingNetwork(shape, parameters), shape);
  const scores = [...(await scorer.score(pairs))];
  await scorer.close();
  return scores;
}

function drawn(shape: RankingNetworkShape, n: number, seed: number): { parameters: RankingParameters; pairs: Pairs } {
  const random = seededRandom(seed);
  const normal = (length: number): Float32Array => Float32Array.from({ length }, () => random.normal());
  const parameters = initialRankingParameters(shape, seed);
  for (const { values } of Object.values(parameters)) values.set(normal(values.length));
  const { width, inputs } = shape;
  return {
    parameters,
    pairs: { query: normal(width), documents: normal(n * width), inputs: normal(n * inputs), first: normal(n) },
  };
}

const close = (values: readonly number[]) => values.map(value => expect.closeTo(value, 3));

describe('the network behind a ranker', () => {
  it('is what one works out by hand', async () => {
    const shape = { width: 2, inputs: 1, hidden: 1 };
    const parameters = initialRankingParameters(shape, 1);
    // products, differences, input
    parameters['hidden.weight'].values.set([1, 2, 3, 4, 5]);
    parameters['hidden.bias'].values.set([0.5]);
    parameters['score.weight'].values.set([2]);
    parameters['first.weight'].values.set([3]);
    const pairs = {
      query: Float32Array.of(0.6, 0.8),
      documents: Float32Array.of(1, 0, 0, 0),
      inputs: Float32Array.of(0.1, -9),
      first: Float32Array.of(7, 1),
    };
    const products = 0.1 * 2 * 0.6;
    const differences = 0.1 * Math.SQRT2 * (3 * 0.4 + 4 * 0.8);
    const expected = [3 * 7 + 2 * (products + differences + 5 * 0.1 + 0.5), 3 * 1];
    expect(await exported(shape, parameters, pairs)).toEqual(close(expected));
    expect(eager(shape, parameters, pairs)).toEqual(close(expected));
  });

  it.each([
    [{ width: 5, inputs: 7, hidden: 3 }, 1],
    [{ width: 5, inputs: 7, hidden: 3 }, 40],
    [{ width: 0, inputs: 7, hidden: 3 }, 11],
  ])('is the same exported and computed operation by operation: %o, %i documents', async (shape, n) => {
    const { parameters, pairs } = drawn(shape, n, 5);
    expect(await exported(shape, parameters, pairs)).toEqual(close(eager(shape, parameters, pairs)));
  });

  it('begins with the scores of the ranker before, bit for bit', async () => {
    const shape = { width: 4, inputs: 3, hidden: 8 };
    const { pairs } = drawn(shape, 9, 2);
    expect(await exported(shape, initialRankingParameters(shape, 3), pairs)).toEqual([...pairs.first]);
  });

  it('gives each document a score that no other document changes', async () => {
    const shape = { width: 4, inputs: 3, hidden: 8 };
    const { parameters, pairs } = drawn(shape, 9, 2);
    const alone = {
      ...pairs,
      documents: pairs.documents.slice(8, 12),
      inputs: pairs.inputs.slice(6, 9),
      first: pairs.first.slice(2, 3),
    };
    const [of] = await exported(shape, parameters, alone);
    expect(of).toBeCloseTo((await exported(shape, parameters, pairs))[2], 4);
  });

  it.each([
    ['no graph', () => Uint8Array.of(1, 2, 3), { width: 2, inputs: 1 }],
    ['other inputs', () => exportedOf({ width: 2, inputs: 1, hidden: 1 }), { width: 2, inputs: 2 }],
    ['other embeddings', () => exportedOf({ width: 2, inputs: 1, hidden: 1 }), { width: 3, inputs: 1 }],
    ['embeddings where none are', () => exportedOf({ width: 2, inputs: 1, hidden: 1 }), { width: 0, inputs: 1 }],
    ['none where some are', () => exportedOf({ width: 0, inputs: 1, hidden: 1 }), { width: 2, inputs: 1 }],
  ])('is refused where it is another one: %s', async (_, network, shape) => {
    await expect(openPairScorer(network(), shape)).rejects.toMatchObject({ code: 'ranker/damaged' });
  });
});

const exportedOf = (shape: RankingNetworkShape): Uint8Array =>
  exportRankingNetwork(shape, initialRankingParameters(shape, 1));
