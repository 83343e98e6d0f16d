import { describe, it } from 'vitest';
import { gelu } from '../../../models/layers/gelu.js';
import { expectClose, floats, given, runEagerly, runRecorded } from '../recorder/parity.js';
import { expectGradients, type Layer } from './gradients.js';

const layer: Layer = (tf, { x }) => gelu(tf, x);
const plain: Layer = (tf, { x }) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));

describe('gelu', () => {
  it('is x times the share of the normal distribution below x', async () => {
    // Tables of the normal distribution: P(X <= 1) = .8413447, P(X <= 2) = .9772499; P(X <= -x) = 1 - P(X <= x).
    const x = given('float32', [5], [-2, -1, 0, 1, 2]);
    const wanted = given('float32', [5], [-2 * 0.0227501, -0.1586553, 0, 0.8413447, 2 * 0.9772499]);
    expectClose(runEagerly({ x }, layer)[0], wanted, 1e-6);
    expectClose((await runRecorded({ x }, layer))[0], wanted, 1e-6);
  });

  it('is 0 far below zero and x far above', async () => {
    const x = given('float32', [2], [-30, 30]);
    expectClose((await runRecorded({ x }, layer))[0], given('float32', [2], [0, 30]), 1e-6);
  });

  it('has the right gradient', async () => {
    await expectGradients({ x: floats([4, 5], -3, 3) }, ['x'], layer, plain);
    await expectGradients({ x: floats([1, 1]) }, ['x'], layer, plain);
  });
});
