import { describe, expect, it } from 'vitest';
import { l2Normalise } from '../../../models/layers/l2-normalise.js';
import { linear } from '../../../models/layers/linear.js';
import { fusedMatMul, type MatMulOptions } from '../../../models/layers/matmul.js';
import { type KernelCase, kernelCase, together } from '../recorder/cases/kernel-case.js';
import {
  expectAllClose,
  expectClose,
  expectParity,
  floats,
  given,
  recordGraph,
  runEagerly,
  runRecorded,
} from '../recorder/parity.js';
import { expectGradients, type Layer } from './gradients.js';

const yesNo = [false, true];
const every: readonly Required<MatMulOptions>[] = yesNo.flatMap(transA =>
  yesNo.flatMap(transB =>
    yesNo.flatMap(timeMajorA =>
      yesNo.flatMap(timeMajorB => [1, -0.5].map(alpha => ({ transA, transB, timeMajorA, timeMajorB, alpha }))),
    ),
  ),
);

/** An operand that is read as [batch.., rows, columns], in the layout that the options say. */
function operand(
  batch: readonly number[],
  rows: number,
  columns: number,
  transposed: boolean,
  timeMajor: boolean,
  seed: number,
) {
  const [m, n] = transposed ? [columns, rows] : [rows, columns];
  return floats(timeMajor ? [m, ...batch, n] : [...batch, m, n], -2, 2, seed);
}

const fusedCases = (batch: readonly number[]): KernelCase[] =>
  every.map(options => {
    const a = operand(batch, 2, 3, options.transA, options.timeMajorA, 1);
    const b = operand(batch, 3, 4, options.transB, options.timeMajorB, 2);
    return kernelCase('FusedMatMul', { a, b }, (tf, t) => fusedMatMul(tf, t.a, t.b, options), JSON.stringify(options));
  });

describe('fusedMatMul', () => {
  it.each([[[2]], [[2, 3]], [[1]]])(
    'gives the same recorded and composed with every option, batches %j',
    async batch => {
      const cases = fusedCases(batch);
      expect(cases.length).toBe(32);
      const { inputs, compute } = together(cases);
      expect(recordGraph(inputs, compute).kernels).toEqual(new Set(['FusedMatMul']));
      await expectParity(inputs, compute);
    },
  );

  it("is the plain product by hand: -1/2 [[1, 2], [3, 4]]' [[1], [10]] = [[-15.5], [-21]]", async () => {
    const inputs = { a: given('float32', [2, 2], [1, 2, 3, 4]), b: given('float32', [2, 1], [1, 10]) };
    const product: Layer = (tf, { a, b }) => fusedMatMul(tf, a, b, { transA: true, alpha: -0.5 });
    const wanted = given('float32', [2, 1], [-15.5, -21]);
    expectClose(runEagerly(inputs, product)[0], wanted, 0);
    expectClose((await runRecorded(inputs, product))[0], wanted, 0);
  });

  it('reads a time-major operand by sequence', () => {
    // Two sequences of three steps of width one; sequence 0 is 1, 2, 3 and sequence 1 is 10, 20, 30.
    const a = given('float32', [3, 2, 1], [1, 10, 2, 20, 3, 30]);
    const b = given('float32', [2, 1, 1], [1, 2]);
    const [product] = runEagerly({ a, b }, (tf, t) => fusedMatMul(tf, t.a, t.b, { timeMajorA: true }));
    expect(product).toEqual({ dtype: 'float32', shape: [2, 3, 1], values: [1, 2, 3, 20, 40, 60] });
  });
});

describe('linear', () => {
  const layer: Layer = (tf, { x, weight, bias }) => linear(tf, x, weight, bias);

  it('is x W + b by hand', () => {
    const x = given('float32', [1, 2], [2, 3]);
    const weight = given('float32', [2, 2], [1, 10, 100, 1000]);
    expect(runEagerly({ x, weight, bias: given('float32', [2], [0.5, -0.5]) }, layer)[0].values).toEqual([
      302.5, 3019.5,
    ]);
    expect(runEagerly({ x, weight }, layer)[0].values).toEqual([302, 3020]);
  });

  it('has the right gradients', async () => {
    const inputs = { x: floats([3, 4]), weight: floats([4, 2], -1, 1, 2), bias: floats([2], -1, 1, 3) };
    await expectGradients(inputs, ['x', 'weight', 'bias'], layer);
  });
});

describe('l2Normalise', () => {
  const layer: Layer = (tf, { x }) => l2Normalise(tf, x);

  it('of [3, 4] is [.6, .8], and zeros stay zeros', async () => {
    const x = given('float32', [2, 2], [3, 4, 0, 0]);
    const wanted = given('float32', [2, 2], [0.6, 0.8, 0, 0]);
    expectAllClose(runEagerly({ x }, layer), [wanted], 1e-6);
    expectAllClose(await runRecorded({ x }, layer), [wanted], 1e-6);
  });

  it('has the right gradient', async () => {
    const plain: Layer = (tf, { x }) => tf.div(x, tf.norm(x, 'euclidean', -1, true));
    await expectGradients({ x: floats([3, 4], 0.5, 2) }, ['x'], layer, plain);
  });
});
