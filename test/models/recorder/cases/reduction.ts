import type { Tensor, Tf } from '../../../../models/recorder/tensorflow.js';
import { bools, floats, given, ints, type Values } from '../parity.js';
import { type KernelCase, kernelCase } from './kernel-case.js';

type Axis = number | number[] | undefined;
type Reduce = (tf: Tf, x: Tensor, axis: Axis, keepDims: boolean) => Tensor;

const reductions: Readonly<Record<string, Reduce>> = {
  Sum: (tf, x, axis, keepDims) => tf.sum(x, axis, keepDims),
  Mean: (tf, x, axis, keepDims) => tf.mean(x, axis, keepDims),
  Max: (tf, x, axis, keepDims) => tf.max(x, axis, keepDims),
  Min: (tf, x, axis, keepDims) => tf.min(x, axis, keepDims),
  Prod: (tf, x, axis, keepDims) => tf.prod(x, axis, keepDims),
};

const axes: readonly Axis[] = [undefined, 0, 1, -1, [0, 2], [2, 0], [-2, -1]];

const cases = (kernel: string, x: Values, axis: Axis, keepDims: boolean): KernelCase =>
  kernelCase(
    kernel,
    { x },
    (tf, inputs) => reductions[kernel](tf, inputs.x, axis, keepDims),
    `axis ${axis ?? 'all'}${keepDims ? ' kept' : ''}`,
  );

const reductionCases = (kernel: string): KernelCase[] => [
  ...[floats([2, 3, 4]), ints([2, 3, 4]), bools([2, 3, 4])].flatMap(x =>
    axes.flatMap(axis => [false, true].map(keepDims => cases(kernel, x, axis, keepDims))),
  ),
  ...[floats([]), floats([1]), floats([1, 1]), ints([]), ints([1]), bools([])].map(x =>
    cases(kernel, x, undefined, false),
  ),
  cases(kernel, floats([3, 1]), -1, true),
  cases(kernel, ints([3, 1]), 1, false),
];

const argCases = (kernel: 'ArgMax' | 'ArgMin', op: (tf: Tf, x: Tensor, axis: number) => Tensor): KernelCase[] => [
  ...[floats([2, 3, 4]), ints([2, 3, 4], -2, 3), bools([2, 3, 4])].flatMap(x =>
    [0, 1, 2, -1].map(axis => kernelCase(kernel, { x }, (tf, t) => op(tf, t.x, axis), `axis ${axis}`)),
  ),
  kernelCase(kernel, { x: given('float32', [5], [2, 7, 7, -1, -1]) }, (tf, t) => op(tf, t.x, 0), 'the first of equals'),
  kernelCase(kernel, { x: floats([1]) }, (tf, t) => op(tf, t.x, 0)),
];

const softmaxInputs = [floats([4], -5, 5), floats([2, 3], -5, 5), floats([2, 1, 3], -5, 5), floats([2, 1])];
const masked = given('float32', [2, 3], [0.5, -1e9, 1.5, -1e9, -1e9, -1e9]);

export const reductionKernelCases: readonly KernelCase[] = [
  ...Object.keys(reductions).flatMap(reductionCases),
  ...argCases('ArgMax', (tf, x, axis) => tf.argMax(x, axis)),
  ...argCases('ArgMin', (tf, x, axis) => tf.argMin(x, axis)),
  ...[...softmaxInputs, masked].map(x => kernelCase('Softmax', { x }, (tf, t) => tf.softmax(t.x))),
  ...[
    { a: [2, 3], b: [3, 4] },
    { a: [1, 1], b: [1, 1] },
    { a: [1, 3], b: [3, 1] },
    { a: [5, 2, 3], b: [5, 3, 4] },
    { a: [1, 2, 3], b: [5, 3, 4] },
    { a: [1, 1, 2, 3], b: [2, 2, 3, 1] },
    { a: [2, 3], b: [4, 3, 2] },
  ].flatMap(({ a, b }) =>
    [false, true].flatMap(transposeA =>
      [false, true].map(transposeB => {
        const turned = (shape: number[], turn: boolean): number[] =>
          turn ? [...shape.slice(0, -2), shape[shape.length - 1], shape[shape.length - 2]] : shape;
        const inputs = { a: floats(turned(a, transposeA)), b: floats(turned(b, transposeB), -2, 2, 2) };
        return kernelCase(
          'BatchMatMul',
          inputs,
          (tf, t) => tf.matMul(t.a, t.b, transposeA, transposeB),
          `${transposeA ? "A'" : 'A'} ${transposeB ? "B'" : 'B'}`,
        );
      }),
    ),
  ),
];
