import { describe, expect, it } from 'vitest';
import { fusedKernels } from '../../../models/recorder/kernels/fused.js';
import { mappedKernels } from '../../../models/recorder/kernels/index.js';
import type { Tensor, Tf } from '../../../models/recorder/tensorflow.js';
import { arrangementCases } from './cases/arrangement.js';
import { elementwiseCases } from './cases/elementwise.js';
import { type KernelCase, kernelCase, together } from './cases/kernel-case.js';
import { reductionKernelCases } from './cases/reduction.js';
import { expectClose, floats, given, largestDifference, recordGraph, runEagerly, runRecorded } from './parity.js';

const cases = [...elementwiseCases, ...arrangementCases, ...reductionKernelCases];
const kernels = [...new Set(cases.map(({ kernel }) => kernel))];

/** Each case records its own kernel, and its results equal those of TensorFlow.js cpu. */
async function expectCases(own: readonly KernelCase[]): Promise<void> {
  for (const { kernel, about, inputs, compute } of own) {
    expect(recordGraph(inputs, compute).kernels, about).toContain(kernel);
  }
  const { inputs, compute } = together(own);
  const results = await runRecorded(inputs, compute);
  const wanted = runEagerly(inputs, compute);
  let next = 0;
  for (const { about, inputs: alone, compute: one } of own) {
    const count = runEagerly(alone, one).length;
    for (const end = next + count; next < end; next++) {
      expectClose(results[next], wanted[next], wanted[next].dtype === 'float32' ? 1e-5 : 0, about);
    }
  }
  expect(next).toBe(results.length);
}

describe('mapped kernels', () => {
  it('each has a case; fused.test.ts holds those of the fused ones', () => {
    const plain = Object.keys(mappedKernels).filter(name => !(name in fusedKernels));
    expect(kernels.toSorted()).toEqual(plain.toSorted());
  });

  it.each(kernels)('%s equals TensorFlow.js cpu', async kernel => {
    await expectCases(cases.filter(one => one.kernel === kernel));
  });
});

describe('precision', () => {
  const tiny = given('float32', [6], [1e-3, -1e-3, 1e-7, -1e-7, 3e-20, -0.4999].map(Math.fround));
  it.each([
    ['log1p', (tf: Tf, x: Tensor) => tf.log1p(x), Math.log1p],
    ['expm1', (tf: Tf, x: Tensor) => tf.expm1(x), Math.expm1],
  ] as const)('%s keeps its digits where x is tiny', async (_, op, exact) => {
    const results = await runRecorded({ x: tiny }, (tf, { x }) => op(tf, x));
    // Relative to the result, not to 1: log(1 + 1e-7) as written is off by a fifth.
    const ratio = results[0].values.map((y, i) => y / exact(tiny.values[i]));
    expect(
      largestDifference(
        ratio,
        tiny.values.map(() => 1),
      ),
    ).toBeLessThan(1e-6);
  });
});

describe('batches of a matrix product', () => {
  it('are matched axis by axis; TensorFlow.js cpu counts them in a cycle, so the operand is tiled for it', async () => {
    const inputs = { a: floats([2, 1, 2, 3]), b: floats([2, 2, 3, 1], -2, 2, 2) };
    const results = await runRecorded(inputs, (tf, { a, b }) => tf.matMul(a, b));
    const [wanted] = runEagerly(inputs, (tf, { a, b }) => tf.matMul(tf.tile(a, [1, 2, 1, 1]), b));
    expectClose(results[0], wanted, 1e-5, 'tiled');
  });
});

describe('what TensorFlow.js has and no mapping gives the same', () => {
  it.each([
    ['Exp of int32', kernelCase('Exp', { x: given('int32', [1], [1]) }, (tf, { x }) => tf.exp(x))],
    ['sums of bool', kernelCase('Add', { x: given('bool', [1], [1]) }, (tf, { x }) => tf.add(x, x))],
    ['Neg of bool', kernelCase('Neg', { x: given('bool', [1], [1]) }, (tf, { x }) => tf.neg(x))],
    [
      'products of int32',
      kernelCase('BatchMatMul', { x: given('int32', [1, 1], [1]) }, (tf, { x }) => tf.matMul(x, x)),
    ],
    ['GatherV2', kernelCase('GatherV2', { x: floats([2, 2]) }, (tf, { x }) => tf.gather(x, [[0], [1]], 1, 1))],
  ])('%s is refused', async (_, { kernel, inputs, compute }) => {
    await expect(runRecorded(inputs, compute)).rejects.toMatchObject({
      code: 'recorder/unmapped-kernel',
      details: { kernelName: kernel },
    });
  });
});
