import type { Tensor, Tf } from '../../../../models/recorder/tensorflow.js';
import { bools, floats, given, ints, type Values } from '../parity.js';
import { type KernelCase, kernelCase } from './kernel-case.js';

const unaryCases = (kernel: string, op: (tf: Tf, x: Tensor) => Tensor, inputs: readonly Values[]): KernelCase[] =>
  inputs.map(x => kernelCase(kernel, { x }, (tf, { x: input }) => op(tf, input)));

const binaryCases = (
  kernel: string,
  op: (tf: Tf, a: Tensor, b: Tensor) => Tensor,
  inputs: readonly (readonly [Values, Values])[],
): KernelCase[] =>
  inputs.map(([a, b]) => kernelCase(kernel, { a, b }, (tf, { a: left, b: right }) => op(tf, left, right)));

/** Scalars, sizes of one, a vector, a matrix, four axes. */
const shapes: readonly (readonly number[])[] = [[], [1], [1, 1], [5], [2, 3], [2, 1, 3, 2]];
const real = (low = -2, high = 2): Values[] => shapes.map(shape => floats(shape, low, high));
const whole = (low = -4, high = 5): Values[] => [[], [1], [2, 3]].map(shape => ints(shape, low, high));

/** Both operands stretched, either one stretched, ranks that differ, scalars. */
const broadcasts: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[], []],
  [[1], [1]],
  [
    [2, 3],
    [2, 3],
  ],
  [[2, 3], []],
  [[], [2, 3]],
  [[2, 3], [3]],
  [[1], [4, 1]],
  [
    [2, 1],
    [1, 3],
  ],
  [
    [3, 1, 2],
    [4, 1],
  ],
];
const pairs = (make: (shape: readonly number[], seed: number) => Values): [Values, Values][] =>
  broadcasts.map(([a, b]) => [make(a, 1), make(b, 2)]);
const realPairs = pairs((shape, seed) => floats(shape, -2, 2, seed));
const wholePairs = pairs((shape, seed) => ints(shape, -3, 4, seed));
const boolPairs = pairs(bools);
/** One pair of operands in which equal values are sure to stand. */
const equalPair: [Values, Values] = [given('float32', [4], [1, -0, 2.5, 3]), given('float32', [4], [1, 0, 2.5, -3])];
const comparable = [...realPairs, ...wholePairs, ...boolPairs, equalPair];

const edges = given('float32', [7], [-1, -0.5, -0, 0, 0.5, 1, 1.5]);

export const elementwiseCases: readonly KernelCase[] = [
  ...binaryCases('Add', (tf, a, b) => tf.add(a, b), [...realPairs, ...wholePairs, [floats([2]), ints([2])]]),
  ...binaryCases('Sub', (tf, a, b) => tf.sub(a, b), [...realPairs, ...wholePairs]),
  ...binaryCases('Multiply', (tf, a, b) => tf.mul(a, b), [...realPairs, ...wholePairs, [bools([4]), floats([4])]]),
  ...binaryCases('RealDiv', (tf, a, b) => tf.div(a, b), [
    ...realPairs,
    [floats([3]), given('float32', [3], [0, 2, -0])],
  ]),
  ...binaryCases('Maximum', (tf, a, b) => tf.maximum(a, b), [...realPairs, ...wholePairs, ...boolPairs]),
  ...binaryCases('Minimum', (tf, a, b) => tf.minimum(a, b), [...realPairs, ...wholePairs, ...boolPairs]),
  ...binaryCases('Pow', (tf, a, b) => tf.pow(a, b), [
    ...pairs((shape, seed) => (seed === 1 ? floats(shape, 0.1, 3) : floats(shape, -2, 2))),
    ...pairs((shape, seed) => ints(shape, 0, seed === 1 ? 6 : 5, seed)),
    [floats([3, 1]), ints([2], 0, 4)],
    [given('float32', [4], [-2, -2, 0, 4]), given('float32', [4], [3, 2, 0, 1.5])],
  ]),
  ...binaryCases('SquaredDifference', (tf, a, b) => tf.squaredDifference(a, b), [...realPairs, ...wholePairs]),
  ...binaryCases('Equal', (tf, a, b) => tf.equal(a, b), comparable),
  ...binaryCases('NotEqual', (tf, a, b) => tf.notEqual(a, b), comparable),
  ...binaryCases('Greater', (tf, a, b) => tf.greater(a, b), comparable),
  ...binaryCases('GreaterEqual', (tf, a, b) => tf.greaterEqual(a, b), comparable),
  ...binaryCases('Less', (tf, a, b) => tf.less(a, b), comparable),
  ...binaryCases('LessEqual', (tf, a, b) => tf.lessEqual(a, b), comparable),
  ...binaryCases('LogicalAnd', (tf, a, b) => tf.logicalAnd(a, b), boolPairs),
  ...binaryCases('LogicalOr', (tf, a, b) => tf.logicalOr(a, b), boolPairs),
  ...unaryCases(
    'LogicalNot',
    (tf, x) => tf.logicalNot(x),
    shapes.map(shape => bools(shape)),
  ),
  ...unaryCases('Abs', (tf, x) => tf.abs(x), [...real(), ...whole(), edges]),
  ...unaryCases('Neg', (tf, x) => tf.neg(x), [...real(), ...whole(), edges]),
  ...unaryCases('Sign', (tf, x) => tf.sign(x), [...real(), ...whole(), edges]),
  ...unaryCases('Floor', (tf, x) => tf.floor(x), [...real(), edges]),
  ...unaryCases('Ceil', (tf, x) => tf.ceil(x), [...real(), edges]),
  ...unaryCases('Relu', (tf, x) => tf.relu(x), [...real(), ...whole(), edges]),
  ...unaryCases('Square', (tf, x) => tf.square(x), [...real(), ...whole()]),
  ...unaryCases('Step', (tf, x) => tf.step(x), [...real(), ...whole(), edges]),
  ...unaryCases('Step', (tf, x) => tf.step(x, 0.25), [edges]),
  ...unaryCases('Step', (tf, x) => tf.step(x, -3), whole()),
  ...unaryCases('ClipByValue', (tf, x) => tf.clipByValue(x, -0.5, 1.25), [...real(), edges, ...whole()]),
  ...unaryCases('ClipByValue', (tf, x) => tf.clipByValue(x, -1, 2), whole()),
  ...unaryCases('Exp', (tf, x) => tf.exp(x), [...real(-5, 5), given('float32', [3], [-200, 0, 200])]),
  ...unaryCases('Log', (tf, x) => tf.log(x), [...real(0.01, 20), given('float32', [3], [0, 1, 1e-30])]),
  ...unaryCases('Log1p', (tf, x) => tf.log1p(x), [...real(-0.9, 20), given('float32', [4], [-1, 0, 1e-30, 1e30])]),
  ...unaryCases('Expm1', (tf, x) => tf.expm1(x), [...real(-3, 3), given('float32', [4], [-200, 0, 1e-30, 80])]),
  ...unaryCases('Sqrt', (tf, x) => tf.sqrt(x), [...real(0, 9), given('float32', [2], [0, 1e-30])]),
  ...unaryCases('Rsqrt', (tf, x) => tf.rsqrt(x), [...real(0.1, 9), given('float32', [2], [0, 1e-12])]),
  ...unaryCases('Reciprocal', (tf, x) => tf.reciprocal(x), [...real(0.2, 4), given('float32', [2], [0, -3])]),
  ...unaryCases('Tanh', (tf, x) => tf.tanh(x), [...real(-4, 4), given('float32', [3], [-50, 0, 50])]),
  ...unaryCases('Erf', (tf, x) => tf.erf(x), [...real(-3, 3), given('float32', [3], [-9, 0, 9])]),
  ...unaryCases('Sin', (tf, x) => tf.sin(x), real(-7, 7)),
  ...unaryCases('Cos', (tf, x) => tf.cos(x), real(-7, 7)),
  ...unaryCases('Sigmoid', (tf, x) => tf.sigmoid(x), [...real(-6, 6), given('float32', [3], [-99, 0, 99])]),
  ...unaryCases('Softplus', (tf, x) => tf.softplus(x), [...real(-6, 6), given('float32', [3], [-99, 0, 99])]),
  ...(['float32', 'int32', 'bool'] as const).flatMap(to =>
    unaryCases('Cast', (tf, x) => tf.cast(x, to), [
      given('float32', [6], [-2.9, -0.5, 0, 0.5, 2.5, 7.99]),
      ...whole(),
      bools([2, 3]),
      floats([]),
    ]),
  ),
  ...[[[2, 3]], [[]], [[1]]].flatMap(([shape]) => [
    kernelCase(
      'AddN',
      { a: floats(shape), b: floats(shape, -2, 2, 2), c: floats(shape, -2, 2, 3) },
      (tf, { a, b, c }) => tf.addN([a, b, c]),
    ),
    kernelCase('AddN', { a: ints(shape), b: ints(shape, -4, 5, 2) }, (tf, { a, b }) => tf.addN([a, b])),
  ]),
  kernelCase('AddN', { a: floats([3]) }, (tf, { a }) => tf.addN([a])),
  ...(
    [
      [bools([2, 3]), floats([2, 3]), floats([2, 3], -2, 2, 2)],
      [bools([]), floats([3]), floats([3], -2, 2, 2)],
      [bools([2, 1]), floats([3]), floats([])],
      [bools([4]), ints([4]), ints([4], -4, 5, 2)],
      [bools([4]), ints([4]), floats([4])],
      [bools([4]), bools([4], 2), bools([4], 3)],
      [bools([1]), floats([1]), floats([1], -2, 2, 2)],
    ] as const
  ).map(([c, t, e]) => kernelCase('Select', { c, t, e }, (tf, x) => tf.where(x.c, x.t, x.e))),
];
