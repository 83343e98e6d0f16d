import type { DenseParameter } from '../../../models/dense-parameter.js';
import {
  initialRankingParameters,
  type RankingNetworkShape,
  type RankingParameters,
} from '../../../models/ranking-network.js';
import type { DeepOptions } from '../../../src/config/ranking.js';
import { TandemError } from '../../../src/errors/tandem-error.js';
import { seededRandom, shuffle } from '../../../src/math/random.js';
import { engineOf } from '../../engine.js';
import { clipFactor, sumOfSquares } from '../../gradient-clip.js';
import { adamDense, createMoments } from '../../optimisers/adam.js';
import { gradientOf } from '../../step.js';
import { createBatchRoom } from './batches.js';
import type { PairRows } from './pair-rows.js';
import { createDeepStep, createScoreStep } from './step.js';

const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const clipNorm = 1;
/** What the average keeps of itself at a step: it looks back over some 500 of them. */
const kept = 0.998;

export interface DeepEpoch {
  /** 0: before the first step */
  readonly epoch: number;
  readonly loss: number;
  /** nDCG@10 on validation queries */
  readonly validation: number;
}

export interface TrainedNetwork {
  readonly shape: RankingNetworkShape;
  /** of the best epoch by validation */
  readonly parameters: RankingParameters;
  readonly best: DeepEpoch;
  /** by row of `validation` */
  readonly scores: Float64Array;
}

/**
 * Trains a network that orders the first candidates, from one that leaves their order as it is. It ends with the averaged parameters of the epoch that orders the
 * validation queries best, perhaps none of them better than before. The same rows, options and seed give the same network.
 * @param width    D; 0 for a network that looks at no embeddings
 * @param each     candidates of a query at most
 * @param measure  nDCG@10 of scores of the rows of `validation`
 * @throws TandemError 'ranker/nothing-to-learn'
 */
export async function trainNetwork(
  rows: PairRows,
  validation: PairRows,
  { width, each }: { readonly width: number; readonly each: number },
  options: DeepOptions,
  measure: (scores: Float64Array) => number,
  onEpoch: (epoch: DeepEpoch) => void = () => undefined,
): Promise<TrainedNetwork> {
  const learnable = learnableQueries(rows);
  if (learnable.length === 0)
    throw new TandemError('ranker/nothing-to-learn', 'no query has documents of different gains among its first');
  const shape = { width, inputs: rows.inputs.length / rows.first.length, hidden: options.hidden };
  const size = { queries: Math.min(options.batch, learnable.length), each };
  const engine = engineOf({ engine: 'recorded', threads: 1, provider: 'cpu' });
  const parameters = initialRankingParameters(shape, options.seed);
  const moments = Object.fromEntries(
    Object.entries(parameters).map(([name, { values }]) => [name, createMoments(values.length)]),
  );
  // what is measured and served: one step more or less changes an order by as much as an epoch improves it (Polyak & Juditsky, 1992)
  const average = copyOf(parameters);
  const room = createBatchRoom(size, width, shape.inputs);
  const step = await engine({
    ...createDeepStep(shape, size, options.loss),
    learned: Object.keys(parameters),
    dropoutSites: 0,
  });
  const scorer = await engine({ ...createScoreStep(shape, size), learned: [], dropoutSites: 0 });
  let best: Omit<TrainedNetwork, 'shape'> | undefined;
  let steps = 0;

  /** @returns the loss before the step */
  const learn = async (queries: Uint32Array): Promise<number> => {
    const results = await step.run({ ...parameters, ...room.fill(rows, queries) });
    const gradients = Object.keys(parameters).map(name => results[gradientOf(name)]);
    const norm = Math.sqrt(gradients.reduce((sum, gradient) => sum + sumOfSquares(gradient), 0));
    const scale = clipFactor(norm, clipNorm);
    steps++;
    for (const [i, [name, { values }]] of Object.entries(parameters).entries()) {
      if (name.endsWith('.weight') && name !== 'first.weight') decay(values, options.learningRate * options.decay);
      adamDense(values, moments[name], gradients[i], scale, options.learningRate, steps, adam);
      follow(average[name as keyof RankingParameters].values, values);
    }
    return results.loss[0];
  };
  const look = async (epoch: number, loss: number): Promise<void> => {
    const scores = await scoreRows(validation);
    const seen = { epoch, loss, validation: measure(scores) };
    if (best === undefined || seen.validation > best.best.validation)
      best = { best: seen, parameters: copyOf(average), scores };
    onEpoch(seen);
  };
  const scoreRows = async (of: PairRows): Promise<Float64Array> => {
    const scores = new Float64Array(of.first.length);
    const count = of.groups.length - 1;
    for (let from = 0; from < count; from += size.queries) {
      const queries = Array.from({ length: Math.min(size.queries, count - from) }, (_, i) => from + i);
      const results = await scorer.run({ ...average, ...pairsOf(room.fill(of, queries)) });
      queries.forEach((query, place) => {
        const [first, last] = [of.groups[query], of.groups[query + 1]];
        scores.set(results.scores.subarray(place * each, place * each + last - first), first);
      });
    }
    return scores;
  };

  try {
    await look(0, Number.NaN);
    for (let epoch = 1; epoch <= options.epochs; epoch++) {
      const order = shuffle(learnable.slice(), seededRandom(options.seed + epoch));
      let [sum, batches] = [0, 0];
      for (let from = 0; from + size.queries <= order.length; from += size.queries, batches++)
        sum += await learn(order.subarray(from, from + size.queries));
      await look(epoch, sum / batches);
      const seen = best as NonNullable<typeof best>;
      if (options.earlyStop > 0 && epoch - seen.best.epoch >= options.earlyStop) break;
    }
  } finally {
    await Promise.all([step.close(), scorer.close()]);
  }
  return { shape, ...(best as NonNullable<typeof best>) };
}

/** Decoupled weight decay (Loshchilov & Hutter, ICLR 2019). */
function decay(values: Float32Array, share: number): void {
  for (let i = 0; i < values.length; i++) values[i] -= share * values[i];
}

function follow(average: Float32Array, values: Float32Array): void {
  for (let i = 0; i < average.length; i++) average[i] += (1 - kept) * (values[i] - average[i]);
}

function copyOf(parameters: RankingParameters): RankingParameters {
  const copy = (name: keyof RankingParameters): DenseParameter => ({
    shape: parameters[name].shape,
    values: parameters[name].values.slice(),
  });
  return {
    'hidden.weight': copy('hidden.weight'),
    'hidden.bias': copy('hidden.bias'),
    'score.weight': copy('score.weight'),
    'first.weight': copy('first.weight'),
  };
}

const pairsOf = <T>({ query, documents, inputs, first }: Readonly<Record<string, T>>): Record<string, T> => ({
  ...(query !== undefined && { query, documents }),
  inputs,
  first,
});

/** Queries with candidates of different gains. */
function learnableQueries({ groups, gains }: PairRows): Uint32Array {
  const differ = (query: number): boolean =>
    gains.subarray(groups[query], groups[query + 1]).some(gain => gain !== gains[groups[query]]);
  return Uint32Array.from({ length: groups.length - 1 }, (_, query) => query).filter(differ);
}
