import { bools, floats, given, ints, type Values } from '../parity.js';
import { type KernelCase, kernelCase } from './kernel-case.js';

/** The same shape in every dtype: moving values about must not depend on what they are. */
const all = (shape: readonly number[]): Values[] => [floats(shape), ints(shape), bools(shape)];

const each = <T>(shapes: readonly T[], make: (shape: T) => KernelCase[]): KernelCase[] => shapes.flatMap(make);

export const arrangementCases: readonly KernelCase[] = [
  ...each(all([2, 6]), x => [
    kernelCase('Reshape', { x }, (tf, t) => tf.reshape(t.x, [3, 4]), 'to [3,4]'),
    kernelCase('Reshape', { x }, (tf, t) => tf.reshape(t.x, [-1, 2, 2]), 'to [-1,2,2]'),
    kernelCase('Transpose', { x }, (tf, t) => tf.transpose(t.x)),
    kernelCase('ExpandDims', { x }, (tf, t) => tf.expandDims(t.x, 0), 'axis 0'),
    kernelCase('ExpandDims', { x }, (tf, t) => tf.expandDims(t.x, -1), 'axis -1'),
    kernelCase('ExpandDims', { x }, (tf, t) => tf.expandDims(t.x, -2), 'axis -2'),
    kernelCase('Slice', { x }, (tf, t) => tf.slice(t.x, [0, 2], [2, 3]), 'one axis'),
    kernelCase('Slice', { x }, (tf, t) => tf.slice(t.x, [1, 1], [1, -1]), 'both axes'),
    kernelCase('Slice', { x }, (tf, t) => tf.slice(t.x, 1), 'begin alone'),
    kernelCase('Slice', { x }, (tf, t) => tf.slice(t.x, [0, 0], [2, 6]), 'whole'),
    kernelCase('SplitV', { x }, (tf, t) => tf.split(t.x, 3, 1), 'three equal parts'),
    kernelCase('SplitV', { x }, (tf, t) => tf.split(t.x, [1, 3, 2], -1), 'given parts, axis -1'),
    kernelCase('SplitV', { x }, (tf, t) => tf.split(t.x, [1, -1, 2], 1), 'one part left open'),
    kernelCase('SplitV', { x }, (tf, t) => tf.split(t.x, 2, 0), 'axis 0'),
    kernelCase('Tile', { x }, (tf, t) => tf.tile(t.x, [1, 2])),
    kernelCase('Tile', { x }, (tf, t) => tf.tile(t.x, [3, 1])),
    kernelCase('Identity', { x }, (tf, t) => tf.clone(t.x)),
  ]),
  ...each([floats([2, 3]), ints([2, 3])], x => [
    kernelCase('PadV2', { x }, (tf, t) => tf.pad(t.x, [[1, 0], [0, 2]]), 'zeros'), // biome-ignore format: one pad a line
    kernelCase('PadV2', { x }, (tf, t) => tf.pad(t.x, [[0, 1], [2, 1]], 7), 'sevens'), // biome-ignore format: one pad a line
  ]),
  kernelCase('PadV2', { x: bools([3]) }, (tf, t) => tf.pad(t.x, [[1, 1]], 1), 'true'),
  kernelCase('PadV2', { x: floats([1]) }, (tf, t) => tf.pad(t.x, [[1, 1]])),
  ...each([[], [1], [1, 1]] as const, shape => [
    kernelCase('Reshape', { x: floats(shape) }, (tf, t) => tf.reshape(t.x, [1, 1, 1])),
    kernelCase('Reshape', { x: floats(shape) }, (tf, t) => tf.reshape(t.x, []), 'to a scalar'),
    kernelCase('ExpandDims', { x: floats(shape) }, (tf, t) => tf.expandDims(t.x)),
    kernelCase('Identity', { x: floats(shape) }, (tf, t) => tf.clone(t.x)),
  ]),
  kernelCase('Transpose', { x: floats([2, 3, 4]) }, (tf, t) => tf.transpose(t.x, [1, 2, 0])),
  kernelCase('Transpose', { x: floats([2, 3, 4, 2]) }, (tf, t) => tf.transpose(t.x, [2, 0, 3, 1])),
  kernelCase('Transpose', { x: floats([1, 3, 1]) }, (tf, t) => tf.transpose(t.x, [2, 1, 0])),
  kernelCase('Slice', { x: floats([5]) }, (tf, t) => tf.slice(t.x, 4, 1)),
  kernelCase('Slice', { x: floats([1, 1]) }, (tf, t) => tf.slice(t.x, [0, 0], [1, 1])),
  ...each([floats, ints, (shape: readonly number[]) => bools(shape)] as const, make => [
    kernelCase('Concat', { a: make([2, 3]), b: make([1, 3]) }, (tf, t) => tf.concat([t.a, t.b], 0), 'axis 0'),
    kernelCase('Concat', { a: make([2, 1]), b: make([2, 3]) }, (tf, t) => tf.concat([t.a, t.b], -1), 'axis -1'),
    kernelCase('Pack', { a: make([2, 3]), b: make([2, 3]) }, (tf, t) => tf.stack([t.a, t.b]), 'axis 0'),
    kernelCase('Pack', { a: make([2, 3]), b: make([2, 3]) }, (tf, t) => tf.stack([t.a, t.b], 2), 'axis 2'),
    kernelCase('Pack', { a: make([]), b: make([]) }, (tf, t) => tf.stack([t.a, t.b]), 'scalars'),
  ]),
  kernelCase(
    'Concat',
    { a: floats([2]) },
    (tf, t) => tf.concat([t.a, tf.tensor1d([5])]),
    'with a constant of one value',
  ),
  kernelCase('Concat', { a: floats([1]), b: floats([1]) }, (tf, t) => tf.concat([t.a, t.b])),
  ...each(all([4, 3]), x => [
    kernelCase('GatherV2', { x, i: given('int32', [5], [3, 0, 0, 2, 1]) }, (tf, t) =>
      tf.gather(t.x, tf.cast(t.i, 'int32')),
    ),
    kernelCase(
      'GatherV2',
      { x, i: given('int32', [2], [2, 0]) },
      (tf, t) => tf.gather(t.x, tf.cast(t.i, 'int32'), -1),
      'axis -1',
    ),
    kernelCase(
      'GatherV2',
      { x, i: given('int32', [2, 2], [2, 0, 1, 1]) },
      (tf, t) => tf.gather(t.x, tf.cast(t.i, 'int32')),
      'matrix',
    ),
    kernelCase(
      'GatherV2',
      { x, i: given('int32', [], [2]) },
      (tf, t) => tf.gather(t.x, tf.cast(t.i, 'int32')),
      'scalar',
    ),
  ]),
  kernelCase('GatherV2', { x: floats([4, 3]) }, (tf, t) => tf.gather(t.x, [1, 3]), 'known indices'),
  ...each([floats([4, 2]), floats([4]), floats([4, 1, 2])], x => [
    kernelCase('UnsortedSegmentSum', { x, s: given('int32', [4], [2, 0, 2, 2]) }, (tf, t) =>
      tf.unsortedSegmentSum(t.x, tf.cast(t.s, 'int32') as ReturnType<typeof tf.tensor1d>, 4),
    ),
  ]),
  kernelCase('UnsortedSegmentSum', { x: floats([1, 1]), s: given('int32', [1], [0]) }, (tf, t) =>
    tf.unsortedSegmentSum(t.x, tf.cast(t.s, 'int32') as ReturnType<typeof tf.tensor1d>, 1),
  ),
  ...each([given('int32', [4], [0, 2, 1, 2]), given('int32', [3], [-1, 3, 2]), given('int32', [2, 1], [1, 0])], i => [
    kernelCase('OneHot', { i }, (tf, t) => tf.oneHot(t.i, 3)),
    kernelCase('OneHot', { i }, (tf, t) => tf.oneHot(t.i, 3, 5, -2, 'float32'), '5 and -2'),
    kernelCase('OneHot', { i }, (tf, t) => tf.oneHot(t.i, 3, 5, -2, 'int32'), 'int32'),
    kernelCase('OneHot', { i }, (tf, t) => tf.oneHot(t.i, 3, 1, 0, 'bool'), 'bool'),
  ]),
  ...each([[], [1], [2, 3]] as const, shape => [
    kernelCase('Fill', { x: floats([1]) }, tf => tf.fill([...shape], 2.5), `[${shape.join()}]`),
    kernelCase('Fill', { x: floats([1]) }, tf => tf.fill([...shape], 3, 'int32'), `int32[${shape.join()}]`),
    kernelCase('Fill', { x: floats([1]) }, tf => tf.fill([...shape], 1, 'bool'), `bool[${shape.join()}]`),
    ...all(shape).flatMap(x => [
      kernelCase('ZerosLike', { x }, (tf, t) => tf.zerosLike(t.x)),
      kernelCase('OnesLike', { x }, (tf, t) => tf.onesLike(t.x)),
    ]),
  ]),
];
