import { describe, expect, it } from 'vitest';
import { gelu } from '../../../models/layers/gelu.js';
import { layerNorm } from '../../../models/layers/layer-norm.js';
import { fusedMatMul } from '../../../models/layers/matmul.js';
import { fusedKernels } from '../../../models/recorder/kernels/fused.js';
import { fusedKernel, isRecording } from '../../../models/recorder/record.js';
import { type KernelCase, kernelCase, together } from './cases/kernel-case.js';
import { expectParity, floats, given, recordGraph } from './parity.js';

/** The layers choose the fused kernel while recording and the plain composition otherwise: the two must agree. */
const cases: readonly KernelCase[] = [
  ...[
    [1, 1],
    [1, 5],
    [4, 3],
    [2, 3, 4],
  ].flatMap(shape =>
    [1e-5, 1e-12].map(epsilon =>
      kernelCase(
        'FusedLayerNorm',
        { x: floats(shape), scale: floats(shape.slice(-1), 0.5, 2, 2), bias: floats(shape.slice(-1), -1, 1, 3) },
        (tf, { x, scale, bias }) => layerNorm(tf, x, scale, bias, epsilon),
        `epsilon ${epsilon}`,
      ),
    ),
  ),
  ...[[], [1], [7], [2, 3, 2]].map(shape =>
    kernelCase('FusedGelu', { x: floats(shape, -5, 5) }, (tf, { x }) => gelu(tf, x)),
  ),
  // test/models/layers/matmul.test.ts goes through every option; here the batches that are stretched, and none at all.
  ...[
    { a: [2, 3], b: [3, 4] },
    { a: [1, 2, 3], b: [5, 3, 4] },
    { a: [5, 2, 3], b: [1, 3, 4] },
    { a: [2, 2, 3], b: [3, 4] },
    { a: [1, 1], b: [1, 1] },
  ].map(({ a, b }) =>
    kernelCase('FusedMatMul', { a: floats(a), b: floats(b, -2, 2, 2) }, (tf, t) => fusedMatMul(tf, t.a, t.b)),
  ),
  ...[0, 2].map(site =>
    kernelCase(
      'NoiseWindow',
      { noise: floats([20]), starts: given('int32', [3], [0, 5, 16]) },
      (tf, { noise, starts }) =>
        isRecording(tf)
          ? fusedKernel(tf, 'NoiseWindow', { noise, starts }, { site, size: 4 })[0]
          : tf.slice(noise, starts.dataSync()[site], 4),
    ),
  ),
];

describe('fused kernels', () => {
  it('each has a case', () => {
    expect([...new Set(cases.map(({ kernel }) => kernel))].toSorted()).toEqual(Object.keys(fusedKernels).toSorted());
  });

  it.each(Object.keys(fusedKernels))('%s equals the composed operations', async kernel => {
    const own = cases.filter(one => one.kernel === kernel);
    for (const { inputs, compute } of own) expect(recordGraph(inputs, compute).kernels).toEqual(new Set([kernel]));
    const { inputs, compute } = together(own);
    await expectParity(inputs, compute, 2e-5);
  });
});
