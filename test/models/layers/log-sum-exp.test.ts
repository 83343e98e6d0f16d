import { describe, expect, it } from 'vitest';
import { logSumExp } from '../../../models/layers/log-sum-exp.js';
import { expectClose, floats, given, runEagerly, runRecorded } from '../recorder/parity.js';
import { expectGradients, type Layer } from './gradients.js';

const layer: Layer = (tf, { x }) => logSumExp(tf, x);
const plain: Layer = (tf, { x }) => tf.logSumExp(x, 1);

describe('logSumExp', () => {
  it('is the logarithm of the sum of powers, by hand', async () => {
    // log(e^0 + e^log 3) = log 4; log(e^1 + e^1) = 1 + log 2
    const x = given('float32', [2, 2], [0, Math.log(3), 1, 1]);
    const wanted = given('float32', [2], [Math.log(4), 1 + Math.log(2)]);
    expectClose(runEagerly({ x }, layer)[0], wanted, 1e-6);
    expectClose((await runRecorded({ x }, layer))[0], wanted, 1e-6);
  });

  it('neither overflows nor vanishes', async () => {
    const x = given('float32', [2, 2], [1000, 1000, -1000, -2000]);
    const wanted = given('float32', [2], [1000 + Math.log(2), -1000]);
    expectClose((await runRecorded({ x }, layer))[0], wanted, 1e-6);
    expect(runEagerly({ x }, layer)[0].values.every(Number.isFinite)).toBe(true);
  });

  it('has the right gradient', async () => {
    await expectGradients({ x: floats([4, 5], -2, 2) }, ['x'], layer, plain);
    await expectGradients({ x: floats([3, 1]) }, ['x'], layer, plain);
  });
});
