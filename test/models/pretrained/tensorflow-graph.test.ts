import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { convertTrunk, transposed } from '../../../models/pretrained/tensorflow-graph.js';
import { createNativeGraph } from '../../../models/runtime/session.js';
import { seededRandom } from '../../../src/math/random.js';

const random = seededRandom(5);
const base64 = (text: string): string => Buffer.from(text).toString('base64');

interface Stored {
  readonly name: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
  readonly min: number;
  readonly scale: number;
}

/** Weights of a byte each, as the converter of TensorFlow.js stores them. */
function stored(name: string, shape: readonly number[]): Stored {
  const count = shape.reduce((product, size) => product * size, 1);
  return { name, shape, min: -1, scale: 0.01, bytes: Uint8Array.from({ length: count }, () => random.below(200)) };
}

const valuesOf = ({ bytes, min, scale }: Stored): Float32Array => Float32Array.from(bytes, byte => min + scale * byte);
const tensorOf = (weight: Stored): tf.Tensor => tf.tensor(valuesOf(weight), [...weight.shape]);

const weights = {
  first: stored('first', [3, 3, 3, 4]),
  firstBias: stored('firstBias', [4]),
  each: stored('each', [3, 3, 4, 1]),
  eachBias: stored('eachBias', [4]),
  last: stored('last', [1, 1, 4, 4]),
  lastBias: stored('lastBias', [4]),
  two: { ...stored('two', [1]), bytes: Uint8Array.of(1), min: 1, scale: 1 },
};

const convolution = (name: string, op: string, input: string[], stride: number, relu6: boolean) => ({
  name,
  op,
  input,
  attr: {
    strides: { list: { i: ['1', String(stride), String(stride), '1'] } },
    padding: { s: base64('SAME') },
    fused_ops: { list: { s: [base64('BiasAdd'), ...(relu6 ? [base64('Relu6')] : [])] } },
  },
});

/** picture * 2 -> convolution by 2 -> each channel by itself -> 1 x 1, added to what went in. */
const nodes = [
  { name: 'picture', op: 'Placeholder' },
  { name: 'two', op: 'Const' },
  { name: 'doubled', op: 'Mul', input: ['picture', 'two'] },
  convolution('a', '_FusedConv2D', ['doubled', 'first', 'firstBias'], 2, true),
  convolution('b', 'FusedDepthwiseConv2dNative', ['a', 'each', 'eachBias'], 1, true),
  convolution('c', '_FusedConv2D', ['b', 'last', 'lastBias'], 1, false),
  { name: 'block/add', op: 'AddV2', input: ['c', 'a'] },
  { name: 'end', op: 'Softmax', input: ['block/add'] },
];

const model = (changed: readonly object[] = nodes) => ({
  modelTopology: { node: changed },
  weightsManifest: [
    {
      weights: Object.values(weights).map(({ name, shape, min, scale }) => ({
        name,
        shape,
        dtype: 'float32',
        quantization: { min, scale, dtype: 'uint8' },
      })),
    },
  ],
});

const bytes = Buffer.concat(Object.values(weights).map(weight => weight.bytes));
const options = { size: 11, until: '/add', pool: 3 };

/** The same in TensorFlow.js. */
function expectedVector(picture: Float32Array): Float32Array {
  const doubled = tf.mul(tf.tensor4d(picture, [1, 11, 11, 3]), 2);
  const filters = (weight: Stored) => tensorOf(weight) as tf.Tensor4D;
  const a = tf.clipByValue(
    tf.add(tf.conv2d(doubled as tf.Tensor4D, filters(weights.first), 2, 'same'), tensorOf(weights.firstBias)),
    0,
    6,
  );
  const b = tf.clipByValue(
    tf.add(tf.depthwiseConv2d(a as tf.Tensor4D, filters(weights.each), 1, 'same'), tensorOf(weights.eachBias)),
    0,
    6,
  );
  const c = tf.add(tf.conv2d(b as tf.Tensor4D, filters(weights.last), 1, 'same'), tensorOf(weights.lastBias));
  const squares = tf.avgPool(tf.add(c, a) as tf.Tensor4D, 3, 3, 'valid');
  // ours lie channel by channel
  return tf.transpose(squares, [0, 3, 1, 2]).dataSync() as Float32Array;
}

describe('convertTrunk', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  it('gives what TensorFlow.js gives', async () => {
    const graph = await createNativeGraph(convertTrunk(model(), bytes, options), { threads: 1 });
    // 11 pixels by 2 are 6 places, in squares of 3 two by two, of 4 channels
    expect(graph.outputs[0].shape).toEqual([undefined, 16]);
    const picture = Float32Array.from({ length: 11 * 11 * 3 }, () => random.next());
    const { vector } = await graph.run({ image: { values: picture, shape: [1, 11, 11, 3] } });
    const expected = expectedVector(picture);
    expect(vector).toHaveLength(16);
    for (const [i, value] of expected.entries()) expect(vector[i]).toBeCloseTo(value, 4);
    await graph.close();
  });

  it.each([
    ['no graph model', { format: 'layers-model' }, 'no TensorFlow.js graph model'],
    ['no such node', model(nodes.slice(0, 4)), 'no node /add'],
    [
      'an operation that is not known',
      model([{ name: 'picture', op: 'Elu', input: [] }, ...nodes]),
      'Elu is not converted',
    ],
    ['no such weights', { ...model(), weightsManifest: [{ weights: [] }] }, 'no weights'],
    [
      'another padding',
      model(
        nodes.map(node =>
          node.name === 'b'
            ? { ...node, attr: { ...convolution('b', '', [], 1, true).attr, padding: { s: base64('VALID') } } }
            : node,
        ),
      ),
      'VALID',
    ],
  ])('refuses %s', (_, json, words) => {
    expect(() => convertTrunk(json, bytes, options)).toThrow(
      expect.objectContaining({ code: 'model/unsupported-image-encoder', message: expect.stringContaining(words) }),
    );
  });

  it('refuses weights that are cut short', () => {
    expect(() => convertTrunk(model(), bytes.subarray(0, 50), options)).toThrow(/cut short/);
  });
});

describe('transposed', () => {
  it('puts axes in another order', () => {
    // [2, 3] -> [3, 2]
    const { shape, values } = transposed({ shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) }, [1, 0]);
    expect([shape, [...values]]).toEqual([
      [3, 2],
      [1, 4, 2, 5, 3, 6],
    ]);
  });
});
