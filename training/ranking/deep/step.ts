import {
  type PairTensors,
  type RankingNetworkShape,
  rankingParameters,
  rankingScores,
} from '../../../models/ranking-network.js';
import type { InputSpec, RecordedFunction } from '../../../models/recorder/record.js';
import type { Tensor } from '../../../models/recorder/tensorflow.js';
import type { DeepOptions } from '../../../src/config/ranking.js';
import { gradientOf, type StepFunction } from '../../step.js';
import { type JudgedPlaces, lambdaLoss, listwiseSoftmaxLoss } from './losses.js';

/** Queries of a step, and places for candidates of each. */
export interface BatchSize {
  readonly queries: number;
  readonly each: number;
}

const pairInputs = (
  { width, inputs }: RankingNetworkShape,
  { queries, each }: BatchSize,
): Record<string, InputSpec> => ({
  ...(width > 0 && {
    query: { dtype: 'float32' as const, shape: [queries, 1, width] },
    documents: { dtype: 'float32' as const, shape: [queries, each, width] },
  }),
  inputs: { dtype: 'float32', shape: [queries, each, inputs] },
  first: { dtype: 'float32', shape: [queries, each] },
});

const judgedInputs = ({ queries, each }: BatchSize): Record<keyof JudgedPlaces, InputSpec> => ({
  gains: { dtype: 'float32', shape: [queries, each] },
  closed: { dtype: 'float32', shape: [queries, each] },
  inverseBest: { dtype: 'float32', shape: [queries] },
});

const parameterInputs = (shape: RankingNetworkShape): Record<string, InputSpec> =>
  Object.fromEntries(
    Object.entries(rankingParameters(shape)).map(([name, sizes]) => [
      name,
      { dtype: 'float32' as const, shape: sizes },
    ]),
  );

const pairsOf = ({ query, documents, inputs, first }: Readonly<Record<string, Tensor>>): PairTensors => ({
  ...(query !== undefined && { query, documents }),
  inputs,
  first,
});

/** A step of training: pairs, their gains and the parameters -> `loss` and `gradient:NAME` for each parameter. */
export function createDeepStep(
  shape: RankingNetworkShape,
  size: BatchSize,
  loss: DeepOptions['loss'],
): Pick<StepFunction, 'inputs' | 'compute'> {
  const learned = Object.keys(rankingParameters(shape));
  const lossOf = loss === 'softmax' ? listwiseSoftmaxLoss : lambdaLoss;
  const compute: RecordedFunction = (tf, given) => {
    const { value, grads } = tf.valueAndGrads((...tensors) => {
      const parameters = Object.fromEntries(learned.map((name, i) => [name, tensors[i]]));
      const scores = rankingScores(tf, shape, parameters as Parameters<typeof rankingScores>[2], pairsOf(given));
      return lossOf(tf, scores, given as Record<keyof JudgedPlaces, Tensor>).asScalar();
    })(learned.map(name => given[name]));
    return { loss: value, ...Object.fromEntries(learned.map((name, i) => [gradientOf(name), grads[i]])) };
  };
  return { inputs: { ...pairInputs(shape, size), ...judgedInputs(size), ...parameterInputs(shape) }, compute };
}

/** The scores of a batch, with the parameters as they are fed. */
export function createScoreStep(shape: RankingNetworkShape, size: BatchSize): Pick<StepFunction, 'inputs' | 'compute'> {
  return {
    inputs: { ...pairInputs(shape, size), ...parameterInputs(shape) },
    compute: (tf, given) => ({
      scores: rankingScores(tf, shape, given as Parameters<typeof rankingScores>[2], pairsOf(given)),
    }),
  };
}
