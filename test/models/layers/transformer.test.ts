import { describe, expect, it } from 'vitest';
import { transformerLayer } from '../../../models/layers/transformer.js';
import type { Tensor } from '../../../models/recorder/tensorflow.js';
import { expectAllClose, floats, type Given, given, runEagerly, runRecorded, sizeOf } from '../recorder/parity.js';
import { expectGradients, gradientsOf, type Layer } from './gradients.js';

const [tokens, batch, width, heads, hidden] = [3, 2, 4, 2, 6];
const shape = { width, heads, epsilon: 1e-5, activation: 'gelu' } as const;

const parameterShapes: Readonly<Record<string, readonly number[]>> = {
  ...Object.fromEntries(
    ['query', 'key', 'value', 'out'].flatMap(name => [
      [`l.${name}.weight`, [width, width]],
      [`l.${name}.bias`, [width]],
    ]),
  ),
  'l.feedForward1.weight': [width, hidden],
  'l.feedForward1.bias': [hidden],
  'l.feedForward2.weight': [hidden, width],
  'l.feedForward2.bias': [width],
  'l.norm1.scale': [width],
  'l.norm1.bias': [width],
  'l.norm2.scale': [width],
  'l.norm2.bias': [width],
};

const parameters: Given = Object.fromEntries(
  Object.entries(parameterShapes).map(([name, size], i) => {
    const [low, high] = name.endsWith('.scale') ? [0.5, 1.5] : [-0.7, 0.7];
    return [name, floats(size, low, high, i + 10)];
  }),
);
const inputs: Given = {
  x: floats([tokens * batch, width], -1, 1, 5),
  bias: given('float32', [batch, 1, 1, tokens], [0, 0, 0, 0, 0, -1e9]),
  ...parameters,
};

const layer =
  (firstOnly: boolean): Layer =>
  (tf, all) =>
    transformerLayer(tf, all, 'l', all.x, [{ tokens, count: batch, bias: all.bias }], shape, { firstOnly });

/** The layer as the paper writes it, one head after the other. */
const plain: Layer = (tf, p) => {
  const linear = (x: Tensor, name: string): Tensor => tf.add(tf.matMul(x, p[`l.${name}.weight`]), p[`l.${name}.bias`]);
  const norm = (x: Tensor, name: string): Tensor => {
    const { mean, variance } = tf.moments(x, -1, true);
    const normal = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, shape.epsilon)));
    return tf.add(tf.mul(normal, p[`l.${name}.scale`]), p[`l.${name}.bias`]);
  };
  const sequence = (x: Tensor, b: number): Tensor =>
    tf.gather(
      x,
      Array.from({ length: tokens }, (_, t) => t * batch + b),
    );
  const d = width / heads;
  const attended = Array.from({ length: batch }, (_, b) => {
    const [q, k, v] = ['query', 'key', 'value'].map(name => linear(sequence(p.x, b), name));
    const mixed = Array.from({ length: heads }, (_, h) => {
      const [qh, kh, vh] = [q, k, v].map(x => tf.slice(x, [0, h * d], [tokens, d]));
      const scores = tf.div(tf.matMul(qh, kh, false, true), Math.sqrt(d));
      return tf.matMul(tf.softmax(tf.add(scores, tf.reshape(tf.slice(p.bias, b, 1), [1, tokens]))) as Tensor, vh);
    });
    return linear(tf.concat(mixed, 1), 'out');
  });
  // [batch, tokens, width] -> time-major rows
  const rows = tf.reshape(tf.transpose(tf.stack(attended), [1, 0, 2]), [tokens * batch, width]);
  const h = norm(tf.add(p.x, rows), 'norm1');
  const inner = linear(h, 'feedForward1');
  const gelu = tf.mul(tf.mul(inner, 0.5), tf.add(tf.erf(tf.div(inner, Math.SQRT2)), 1));
  return norm(tf.add(h, linear(gelu, 'feedForward2')), 'norm2');
};

describe('transformerLayer', () => {
  const learned = ['x', ...Object.keys(parameters)];

  it('is the layer of the paper, with its gradients', async () => {
    await expectGradients(inputs, learned, layer(false), plain);
  });

  it('computed for the first position alone is the first position of the whole, with its gradients', async () => {
    const first: Layer = (tf, all) => tf.slice(plain(tf, all), [0, 0], [batch, width]);
    await expectGradients(inputs, learned, layer(true), first);
    expect(runEagerly(inputs, layer(true))[0].values.length).toBe(sizeOf([batch, width]));
  });

  it.each([false, true])(
    'computes each group of sequences as if it were alone, first positions only: %s',
    async firstOnly => {
      const [short, long] = [
        { tokens: 2, count: 3 },
        { tokens, count: batch },
      ];
      const rows = short.tokens * short.count;
      const both: Given = {
        ...inputs,
        'x.short': floats([rows, width], -1, 1, 6),
        'bias.short': given('float32', [short.count, 1, 1, short.tokens], [0, 0, 0, -1e9, 0, 0]),
      };
      const together: Layer = (tf, all) =>
        transformerLayer(
          tf,
          all,
          'l',
          tf.concat([all['x.short'], all.x], 0),
          [
            { ...short, bias: all['bias.short'] },
            { ...long, bias: all.bias },
          ],
          shape,
          { firstOnly },
        );
      const apart: Layer = (tf, all) =>
        tf.concat(
          [
            transformerLayer(tf, all, 'l', all['x.short'], [{ ...short, bias: all['bias.short'] }], shape, {
              firstOnly,
            }),
            layer(firstOnly)(tf, all),
          ],
          0,
        );
      const wanted = ['x', 'x.short', 'l.query.weight', 'l.value.bias', 'l.norm1.scale'];
      const [output] = runEagerly(both, apart);
      const gradients = (of: Layer) => gradientsOf(of, wanted, floats(output.shape, -1, 1, 99));
      expectAllClose(runEagerly(both, together), [output], 1e-5);
      expectAllClose(runEagerly(both, gradients(together)), runEagerly(both, gradients(apart)), 1e-5);
      expectAllClose(await runRecorded(both, gradients(together)), runEagerly(both, gradients(apart)), 1e-5);
    },
  );

  it('does without the biases that an encoder lacks', () => {
    const without = Object.fromEntries(Object.entries(inputs).filter(([name]) => name !== 'l.key.bias'));
    // A bias of the keys adds the same to every score of a query: softmax does not see it.
    const [a, b] = [inputs, without].map(given => runEagerly(given, layer(false))[0].values);
    a.forEach((value, i) => {
      expect(value).toBeCloseTo(b[i], 5);
    });
  });
});
