import { expect } from 'vitest';
import type { Tensor, Tf } from '../../../models/recorder/tensorflow.js';
import {
  type Compute,
  expectAllClose,
  floats,
  type Given,
  largestDifference,
  runEagerly,
  runRecorded,
  type Values,
} from '../recorder/parity.js';

export type Layer = (tf: Tf, inputs: Readonly<Record<string, Tensor>>) => Tensor;

/** The gradients of sum(layer * weights) with respect to some inputs, by TensorFlow.js and by what the layer says of itself. */
export const gradientsOf =
  (layer: Layer, wanted: readonly string[], weights: Values): Compute =>
  (tf, inputs) => {
    const factor = tf.tensor([...weights.values], [...weights.shape]);
    const loss = (...tensors: Tensor[]) => {
      const all = { ...inputs, ...Object.fromEntries(wanted.map((name, i) => [name, tensors[i]])) };
      return tf.sum(tf.mul(layer(tf, all), factor));
    };
    return tf.grads(loss)(wanted.map(name => inputs[name]));
  };

/** h, a power of two, so that x + h is exact for x of ordinary size. */
const step = 2 ** -5;

/**
 * Five-point central differences of sum(layer * weights), summed in double precision:
 * (8 (f(x + h) - f(x - h)) - (f(x + 2h) - f(x - 2h))) / 12 h.
 */
function numericalGradient(inputs: Given, layer: Layer, name: string, weights: Values): number[] {
  const { values } = inputs[name];
  const at = (i: number, offset: number): number => {
    const moved = values.map((x, j) => (j === i ? x + offset : x));
    const [y] = runEagerly({ ...inputs, [name]: { ...inputs[name], values: moved } }, layer);
    return y.values.reduce((sum, value, j) => sum + value * weights.values[j], 0);
  };
  return values.map((_, i) => (8 * (at(i, step) - at(i, -step)) - (at(i, 2 * step) - at(i, -2 * step))) / (12 * step));
}

/**
 * The gradients of a layer are right: equal to central differences, to TensorFlow.js's own gradients of the plain composition, and
 * to themselves where they are recorded. Central differences of five points are off by h^4 / 30 times the fifth derivative, here at
 * most some hundreds, and by 3 / 2 h times the rounding of the values, 2^-24 of their size each, of which some tens are added.
 */
export async function expectGradients(
  inputs: Given,
  wanted: readonly string[],
  layer: Layer,
  plain?: Layer,
): Promise<void> {
  const [output] = runEagerly(inputs, layer);
  const weights = floats(output.shape, -1, 1, 99);
  const analytic = runEagerly(inputs, gradientsOf(layer, wanted, weights));
  const tolerance = 100 * step ** 4 + (64 * 1.5 * 2 ** -24) / step;
  wanted.forEach((name, i) => {
    const difference = largestDifference(analytic[i].values, numericalGradient(inputs, layer, name, weights));
    expect(difference, `d ${name}`).toBeLessThan(tolerance);
  });
  expectAllClose(await runRecorded(inputs, gradientsOf(layer, wanted, weights)), analytic, 1e-5);
  expectAllClose(await runRecorded(inputs, layer), [output], 1e-5);
  if (plain === undefined) return;
  expectAllClose(runEagerly(inputs, plain), [output], 1e-5);
  expectAllClose(runEagerly(inputs, gradientsOf(plain, wanted, weights)), analytic, 1e-5);
}
