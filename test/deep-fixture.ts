import { exportRankingNetwork, initialRankingParameters } from '../models/ranking-network.js';
import { inputCount } from '../src/ranking/learned/deep-inputs.js';
import { type DeepPart, digestOf } from '../src/ranking/learned/deep-part.js';

/** A network by hand: it turns the order of the ranker before round. @param weight  of the score before: 1 leaves the order as it is */
export function turnedRound(changes: Partial<DeepPart> = {}, weight = -1): DeepPart {
  const { width = 0, features = [{ name: 'number:price', mean: 0, deviation: 1 }] } = changes;
  const shape = { width, inputs: inputCount(features.length), hidden: 2 };
  const parameters = { ...initialRankingParameters(shape, 1) };
  parameters['first.weight'] = { shape: [1], values: Float32Array.of(weight) };
  const network = exportRankingNetwork(shape, parameters);
  return {
    depth: 10,
    deadlineMs: 60_000,
    width,
    score: { mean: 0, deviation: 1 },
    features,
    network: Buffer.from(network).toString('base64'),
    sha256: digestOf(network),
    ...changes,
  };
}
