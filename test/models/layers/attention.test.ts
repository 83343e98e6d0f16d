import { describe, expect, it } from 'vitest';
import { attention } from '../../../models/layers/attention.js';
import type { Tensor, Tf } from '../../../models/recorder/tensorflow.js';
import { expectClose, floats, type Given, given, runEagerly, runRecorded } from '../recorder/parity.js';
import { expectGradients, type Layer } from './gradients.js';

const shapeOf = (q: Tensor, k: Tensor) => ({
  queries: q.shape[0],
  keys: k.shape[0],
  batch: q.shape[1] as number,
  heads: q.shape[2] as number,
  headWidth: q.shape[3] as number,
});
const layer: Layer = (tf, { q, k, v, bias }) => attention(tf, q, k, v, bias, shapeOf(q, k));

/** The textbook's form: heads first, softmax(Q K' / sqrt(d) + bias) V, and back. */
const plain: Layer = (tf, { q, k, v, bias }) => {
  const headsFirst = (x: Tensor): Tensor => tf.transpose(x, [1, 2, 0, 3]);
  const scores = tf.div(tf.matMul(headsFirst(q), headsFirst(k), false, true), Math.sqrt(q.shape[3] as number));
  const weights = tf.softmax(tf.add(scores, bias)) as Tensor;
  return tf.transpose(tf.matMul(weights, headsFirst(v)), [2, 0, 1, 3]);
};

/** Sequence b has T - b tokens; the rest is padding. */
function inputsOf(queries: number, keys: number, batch: number, heads: number, width: number): Given {
  const bias = Array.from({ length: batch * keys }, (_, i) => (i % keys < keys - Math.floor(i / keys) ? 0 : -1e9));
  return {
    q: floats([queries, batch, heads, width], -1, 1, 1),
    k: floats([keys, batch, heads, width], -1, 1, 2),
    v: floats([keys, batch, heads, width], -1, 1, 3),
    bias: given('float32', [batch, 1, 1, keys], bias),
  };
}

describe('attention', () => {
  it('with one head of width 4, worked by hand', async () => {
    // q k1 = 2 ln 3, q k2 = 0; over sqrt(4): ln 3 and 0; softmax: 3/4 and 1/4; so 3/4 v1 + 1/4 v2.
    const inputs = {
      q: given('float32', [1, 1, 1, 4], [2, 0, 0, 0]),
      k: given('float32', [2, 1, 1, 4], [Math.log(3), 5, 0, 0, 0, 0, 7, 0]),
      v: given('float32', [2, 1, 1, 4], [4, 0, 8, 0, 0, 4, 8, -4]),
      bias: given('float32', [1, 1, 1, 2], [0, 0]),
    };
    const wanted = given('float32', [1, 1, 1, 4], [3, 1, 8, -1]);
    expectClose(runEagerly(inputs, layer)[0], wanted, 1e-6);
    expectClose((await runRecorded(inputs, layer))[0], wanted, 1e-6);
  });

  it.each([
    { queries: 3, keys: 3, batch: 2, heads: 2, width: 2 },
    { queries: 1, keys: 3, batch: 2, heads: 2, width: 3 },
    { queries: 2, keys: 2, batch: 1, heads: 1, width: 1 },
    { queries: 1, keys: 1, batch: 1, heads: 1, width: 2 },
  ])('has the right gradients: $queries queries, $keys keys, $batch sequences, $heads heads of $width', async sizes => {
    const inputs = inputsOf(sizes.queries, sizes.keys, sizes.batch, sizes.heads, sizes.width);
    await expectGradients(inputs, ['q', 'k', 'v'], layer, plain);
  });

  it('does not see what stands in the padding, and gives it no gradient', () => {
    const inputs = inputsOf(2, 3, 2, 1, 2);
    // The last key of the second sequence is padding: time 2, sequence 1, two numbers.
    const at = (2 * 2 + 1) * 2;
    const other = (name: 'k' | 'v') => {
      const values = [...inputs[name].values];
      values.fill(77, at, at + 2);
      return { ...inputs[name], values };
    };
    const changed = { ...inputs, k: other('k'), v: other('v') };
    expect(runEagerly(changed, layer)[0].values).toEqual(runEagerly(inputs, layer)[0].values);
    const gradients = runEagerly(inputs, (tf: Tf, { q, k, v, bias }) =>
      tf.grads((k0: Tensor, v0: Tensor) => tf.sum(tf.square(layer(tf, { q, k: k0, v: v0, bias }))))([k, v]),
    );
    for (const { values } of gradients) {
      expect(values.slice(at, at + 2).map(Math.abs)).toEqual([0, 0]);
      expect(Math.max(...values.map(Math.abs))).toBeGreaterThan(0);
    }
  });
});
