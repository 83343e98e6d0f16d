import { seededRandom } from '../src/math/random.js';
import type { DenseParameter } from './dense-parameter.js';
import { withInitialisers } from './initialisers.js';
import { linear } from './layers/linear.js';
import { encodeModel } from './recorder/onnx-proto.js';
import { recordDynamic } from './recorder/record-dynamic.js';
import type { Tensor, Tf } from './recorder/tensorflow.js';

/** Sizes of a network that scores pairs of a query and a document. */
export interface RankingNetworkShape {
  /** D, of both embeddings; 0: the network looks at none */
  readonly width: number;
  /** I, what is known of a pair beside them */
  readonly inputs: number;
  /** units of the hidden layer */
  readonly hidden: number;
}

export type RankingParameters = Readonly<Record<ParameterName, DenseParameter>>;
type ParameterName = 'hidden.weight' | 'hidden.bias' | 'score.weight' | 'first.weight';

/** Q queries with n documents each. */
export interface PairTensors {
  /** [Q, 1, D], rows of length 1; absent where D is 0 */
  readonly query?: Tensor;
  /** [Q, n, D], rows of length 1, or zeros where a document has no embedding; absent where D is 0 */
  readonly documents?: Tensor;
  /** [Q, n, I], each of about mean 0 and deviation 1 */
  readonly inputs: Tensor;
  /** [Q, n] what the ranker before gave the documents */
  readonly first: Tensor;
}

export const rankingParameters = ({ width, inputs, hidden }: RankingNetworkShape): Record<ParameterName, number[]> => ({
  'hidden.weight': [2 * width + inputs, hidden],
  'hidden.bias': [hidden],
  'score.weight': [hidden, 1],
  'first.weight': [1],
});

/**
 * Parameters before training: the network gives the scores of the ranker before, whatever else it sees. Weights of the inputs are uniform within
 * sqrt(6 / (in + out)) (Glorot & Bengio, 2010); those of the embeddings, of which there are many, are 0.
 */
export function initialRankingParameters(shape: RankingNetworkShape, seed: number): RankingParameters {
  const random = seededRandom(seed);
  const shapes = rankingParameters(shape);
  const filled = (name: ParameterName, value: (i: number) => number): DenseParameter => ({
    shape: shapes[name],
    values: Float32Array.from({ length: shapes[name].reduce((size, side) => size * side, 1) }, (_, i) => value(i)),
  });
  const bound = Math.sqrt(6 / (shape.inputs + shape.hidden));
  const ofEmbeddings = 2 * shape.width * shape.hidden;
  return {
    'hidden.weight': filled('hidden.weight', i => (i < ofEmbeddings ? 0 : bound * (2 * random.next() - 1))),
    'hidden.bias': filled('hidden.bias', () => 0),
    'score.weight': filled('score.weight', () => 0),
    'first.weight': filled('first.weight', () => 1),
  };
}

/** What one dimension of an embedding is beside another input: there are hundreds of them. */
const ofDimension = 0.1;

/**
 * score = w first + v . relu(W [c D q * d, c sqrt(D) |q - d|, inputs] + b). An embedding of a document stands beside that of the query alone, never by itself:
 * what is good whatever is asked for is not for this network to learn. D and sqrt(D) bring products and differences to the size of the inputs, c makes them less.
 * @returns [Q, n]
 */
export function rankingScores(
  tf: Tf,
  { width, inputs: count }: RankingNetworkShape,
  parameters: Readonly<Record<ParameterName, Tensor>>,
  { query, documents, inputs, first }: PairTensors,
): Tensor {
  const [queries, each] = first.shape as [number, number];
  const beside =
    query === undefined || documents === undefined
      ? []
      : [
          tf.mul(tf.mul(query, documents), ofDimension * width),
          tf.mul(tf.abs(tf.sub(query, documents)), ofDimension * Math.sqrt(width)),
        ];
  const all = beside.length === 0 ? inputs : tf.concat([...beside, inputs], 2);
  const pairs = tf.reshape(all, [queries * each, 2 * width + count]);
  const layer = tf.relu(linear(tf, pairs, parameters['hidden.weight'], parameters['hidden.bias']));
  const change = tf.reshape(linear(tf, layer, parameters['score.weight']), [queries, each]);
  return tf.add(tf.mul(first, parameters['first.weight']), change);
}

/**
 * The network as an ONNX file for the documents of one query: `query` [1, D], `documents` [n, D], these two where D is not 0, `inputs` [n, I], `first` [n]
 * -> `score` [n].
 */
export function exportRankingNetwork(shape: RankingNetworkShape, parameters: RankingParameters): Uint8Array {
  const { width, inputs: count } = shape;
  const names = Object.keys(parameters) as ParameterName[];
  const graph = recordDynamic(['count'], ({ count: n }) => ({
    inputs: {
      ...(width > 0 && {
        query: { dtype: 'float32' as const, shape: [1, width] },
        documents: { dtype: 'float32' as const, shape: [n, width] },
      }),
      inputs: { dtype: 'float32', shape: [n, count] },
      first: { dtype: 'float32', shape: [n] },
      ...Object.fromEntries(names.map(name => [name, { dtype: 'float32' as const, shape: parameters[name].shape }])),
    },
    compute: (tf, given) => {
      const pairs = {
        ...(width > 0 && {
          query: tf.reshape(given.query, [1, 1, width]),
          documents: tf.reshape(given.documents, [1, n, width]),
        }),
        inputs: tf.reshape(given.inputs, [1, n, count]),
        first: tf.reshape(given.first, [1, n]),
      };
      const own = given as Record<ParameterName, Tensor>;
      return { score: tf.reshape(rankingScores(tf, shape, own, pairs), [n]) };
    },
  }));
  return encodeModel(withInitialisers(graph, names, parameters));
}
