import { describe, expect, it } from 'vitest';
import { layerNorm } from '../../../models/layers/layer-norm.js';
import { expectClose, floats, given, runEagerly, runRecorded } from '../recorder/parity.js';
import { expectGradients, type Layer } from './gradients.js';

const epsilon = 1e-5;
const layer: Layer = (tf, { x, scale, bias }) => layerNorm(tf, x, scale, bias, epsilon);
const plain: Layer = (tf, { x, scale, bias }) => {
  const { mean, variance } = tf.moments(x, -1, true);
  const normal = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, epsilon)));
  return tf.add(tf.mul(normal, scale), bias);
};

describe('layerNorm', () => {
  it('of [1, 2, 3]: mean 2, variance 2/3, so x - mean over the deviation is -sqrt(3/2), 0, sqrt(3/2)', async () => {
    const inputs = {
      x: given('float32', [1, 3], [1, 2, 3]),
      scale: given('float32', [3], [1, 1, 2]),
      bias: given('float32', [3], [0, 10, 0]),
    };
    const wanted = given('float32', [1, 3], [-Math.sqrt(1.5), 10, 2 * Math.sqrt(1.5)]);
    expectClose(runEagerly(inputs, layer)[0], wanted, 2e-5);
    expectClose((await runRecorded(inputs, layer))[0], wanted, 2e-5);
  });

  it('of a row of equal numbers is its bias', () => {
    const inputs = {
      x: given('float32', [1, 2], [5, 5]),
      scale: given('float32', [2], [3, 3]),
      bias: given('float32', [2], [1, -1]),
    };
    expect(runEagerly(inputs, layer)[0].values).toEqual([1, -1]);
  });

  it('has the right gradients', async () => {
    const inputs = { x: floats([3, 5]), scale: floats([5], 0.5, 2, 2), bias: floats([5], -1, 1, 3) };
    await expectGradients(inputs, ['x', 'scale', 'bias'], layer, plain);
  });

  it('has the right gradients where the width is one', async () => {
    const inputs = { x: floats([3, 1]), scale: floats([1], 0.5, 2, 2), bias: floats([1], -1, 1, 3) };
    await expectGradients(inputs, ['x', 'scale', 'bias'], layer, plain);
  });
});
