import { describe, expect, it } from 'vitest';
import { attention } from '../../../models/layers/attention.js';
import { encodeModel, type OnnxGraph } from '../../../models/recorder/onnx-proto.js';
import { recordDynamic } from '../../../models/recorder/record-dynamic.js';
import { loadTensorFlow, type Tensor } from '../../../models/recorder/tensorflow.js';
import { type Compute, expectClose, floats, type Given, runEagerly, runNative } from './parity.js';

const tf = loadTensorFlow();

type Sizes = Readonly<Record<string, number>>;
type Shapes = (sizes: Sizes) => Readonly<Record<string, readonly number[]>>;
type Sized = (sizes: Sizes) => Compute;

function recordSized(names: readonly string[], shapes: Shapes, compute: Sized): OnnxGraph {
  return recordDynamic(names, sizes => ({
    inputs: Object.fromEntries(
      Object.entries(shapes(sizes)).map(([name, shape]) => [name, { dtype: 'float32' as const, shape }]),
    ),
    compute: (_, inputs) => ({ y: compute(sizes)(tf, inputs) as Tensor }),
  }));
}

const valuesOf = (shapes: Shapes, sizes: Sizes): Given =>
  Object.fromEntries(Object.entries(shapes(sizes)).map(([name, shape], i) => [name, floats(shape, -2, 2, i + 1)]));

/** One graph, run at many sizes, is what TensorFlow.js cpu computes at each of them. */
async function expectAtSizes(many: readonly Sizes[], shapes: Shapes, compute: Sized): Promise<OnnxGraph> {
  const graph = recordSized(Object.keys(many[0]), shapes, compute);
  const model = encodeModel(graph);
  for (const sizes of many) {
    const inputs = valuesOf(shapes, sizes);
    const { y } = await runNative(model, inputs);
    expectClose(y, runEagerly(inputs, compute(sizes))[0], 1e-5, JSON.stringify(sizes));
  }
  return graph;
}

const batches = [1, 2, 7, 64].map(batch => ({ batch }));
const texts = [1, 2, 5].flatMap(batch => [1, 3, 8].map(length => ({ batch, length })));
const dense: Shapes = ({ batch }) => ({ x: [batch, 4] });

describe('a recording with open sizes', () => {
  it('of a dense layer', async () => {
    const weight = tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8], [4, 2]);
    const graph = await expectAtSizes(
      batches,
      dense,
      () =>
        (_, { x }) =>
          tf.softmax(tf.matMul(x, weight)),
    );
    expect(graph.inputs[0].shape).toEqual(['batch', 4]);
    expect(graph.outputs[0].shape).toEqual(['batch', 2]);
  });

  it('of attention over sequences, reshaped in both directions', async () => {
    const shapes: Shapes = ({ batch, length }) => ({ x: [length, batch, 4], bias: [batch, 1, 1, length] });
    await expectAtSizes(texts, shapes, ({ batch, length }) => (_, { x, bias }) => {
      const inHeads = (t: Tensor): Tensor => tf.reshape(t, [length, batch, 2, 2]);
      const shape = { queries: length, keys: length, batch, heads: 2, headWidth: 2 };
      const mixed = attention(tf, inHeads(x), inHeads(tf.mul(x, 2)), inHeads(x), bias, shape);
      const rows = tf.reshape(mixed, [length * batch, 4]);
      return tf.sum(tf.reshape(tf.slice(rows, [0, 0], [batch, 4]), [batch, 2, 2]), 1);
    });
  });

  it('names a size that is a product', () => {
    const graph = recordSized(
      ['batch', 'length'],
      ({ batch, length }) => ({ x: [length, batch, 4] }),
      sizes =>
        (_, { x }) =>
          tf.reshape(x, [sizes.length * sizes.batch * 2, 2]),
    );
    expect(graph.outputs[0].shape).toEqual(['2*batch*length', 2]);
  });

  it('where a reshape and another operator share the open shape', async () => {
    await expectAtSizes(
      batches,
      ({ batch }) => ({ x: [batch, 2, 2] }),
      ({ batch }) =>
        (_, { x }) =>
          tf.add(tf.reshape(x, [batch, 4]), tf.fill([batch, 4], 3)),
    );
  });

  it('where several entries of a shape are open', async () => {
    await expectAtSizes(
      texts,
      ({ batch, length }) => ({ x: [batch, length * 2], b: [batch, 1], l: [length, 1] }),
      s =>
        (_, { x }) =>
          tf.tile(tf.reshape(x, [s.length, s.batch, 2]), [1, 1, 3]),
    );
  });

  it('with eight of them', async () => {
    const names = Array.from({ length: 8 }, (_, i) => `n${i}`);
    const shapes: Shapes = sizes => Object.fromEntries(names.map(name => [name, [sizes[name], 2]]));
    const many = [1, 3].map(from => Object.fromEntries(names.map((name, i) => [name, from + i])));
    await expectAtSizes(
      many,
      shapes,
      () => (_, inputs) =>
        tf
          .concat(
            names.map(name => inputs[name]),
            0,
          )
          .sum(0),
    );
  });
});

describe('a function that depends on an open size otherwise', () => {
  it.each<[string, Sized]>([
    [
      'as a factor',
      ({ batch }) =>
        (_, { x }) =>
          tf.div(x, batch),
    ],
    [
      'by a constant of that size',
      ({ batch }) =>
        (_, { x }) =>
          tf.add(x, tf.zeros([batch, 4])),
    ],
    [
      'by a sum of sizes',
      ({ batch }) =>
        (_, { x }) =>
          tf
            .fill([batch + 1, 4], tf.util.sizeFromShape([1]))
            .sum(0)
            .add(x),
    ],
    [
      'by its square',
      ({ batch }) =>
        (_, { x }) =>
          tf.reshape(tf.matMul(x, x, false, true), [batch * batch]),
    ],
    [
      'by where a slice begins',
      ({ batch }) =>
        (_, { x }) =>
          tf.slice(x, [batch - 1, 0], [1, 4]),
    ],
    [
      'by what it computes',
      ({ batch }) =>
        (_, { x }) =>
          batch > 10_007 ? tf.exp(x) : tf.neg(x),
    ],
    [
      'by how often it does so',
      ({ batch }) =>
        (_, { x }) =>
          batch > 10_007 ? tf.neg(tf.neg(x)) : tf.neg(x),
    ],
    [
      'by half of it',
      ({ batch }) =>
        (_, { x }) =>
          tf
            .fill([Math.round(batch / 2), 4], 1)
            .sum(0)
            .add(x),
    ],
  ])('%s is refused', (_, compute) => {
    expect(() => recordSized(['batch'], dense, compute)).toThrow(
      expect.objectContaining({ code: 'recorder/value-not-known' }),
    );
  });

  it('is refused where no input has the size alone', () => {
    const shapes: Shapes = ({ batch }) => ({ x: [batch * 2, 2] });
    expect(() =>
      recordSized(
        ['batch'],
        shapes,
        ({ batch }) =>
          (_, { x }) =>
            tf.tile(x, [batch, 1]),
      ),
    ).toThrow(expect.objectContaining({ code: 'recorder/value-not-known' }));
  });
});
