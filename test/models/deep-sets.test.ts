import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deepSets } from '../../models/deep-sets.js';
import { expectGradients, type Layer } from './layers/gradients.js';
import {
  type Compute,
  expectAllClose,
  expectParity,
  floats,
  type Given,
  given,
  runEagerly,
} from './recorder/parity.js';

const [width, hidden] = [3, 4];
const parameters: Given = {
  'image.each.weight': floats([width, hidden], -1, 1, 2),
  'image.each.bias': floats([hidden], -0.5, 0.5, 3),
  'image.set.weight': floats([hidden, hidden], -1, 1, 4),
  'image.set.bias': floats([hidden], -0.5, 0.5, 5),
};

type Sets = readonly (readonly (readonly number[])[])[];

/** Sets of vectors in a chunk of so many places, what is left of them filled with something that must not be felt. */
function chunkOf(sets: Sets, places: number, w: number, filling = 9): Given {
  const at = (i: number): readonly (readonly number[] | undefined)[] => sets.map(set => set[i]);
  const layers = Array.from({ length: places }, (_, i) => at(i));
  return {
    vectors: given(
      'float32',
      [places, sets.length, w],
      layers.flat().flatMap(vector => vector ?? new Array<number>(w).fill(filling)),
    ),
    mask: given(
      'float32',
      [places, sets.length, 1],
      layers.flat().map(vector => (vector === undefined ? 0 : 1)),
    ),
  };
}

const layer: Layer = (tf, p) => deepSets(tf, p, 'image', [{ vectors: p.vectors, mask: p.mask }]);
const pooled = (sets: Sets, places: number): number[] =>
  [...runEagerly({ ...parameters, ...chunkOf(sets, places, width) }, layer)[0].values].map(Math.fround);

const vector = fc.array(fc.integer({ min: -8, max: 8 }), { minLength: width, maxLength: width });

describe('deepSets', () => {
  it('of sets by hand: relu, sum, relu', () => {
    // W1 = [[1, -1], [0, 2]], b1 = [0, 1]; phi([1, 2]) = relu([1, -1 + 4 + 1]) = [1, 4]; phi([-3, 0]) = relu([-3, 3 + 1]) = [0, 4]
    // W2 = [[1, 0], [1, -1]], b2 = [0, 5]; rho(s) = relu([s0 + s1, 5 - s1])
    const p = {
      'image.each.weight': given('float32', [2, 2], [1, -1, 0, 2]),
      'image.each.bias': given('float32', [2], [0, 1]),
      'image.set.weight': given('float32', [2, 2], [1, 0, 1, -1]),
      'image.set.bias': given('float32', [2], [0, 5]),
      ...chunkOf(
        [
          [[1, 2]],
          [
            [1, 2],
            [-3, 0],
          ],
          [],
        ],
        2,
        2,
      ),
    };
    // rho([1, 4]) = [5, 1]; rho([1, 8]) = [9, 0]; rho([0, 0]) = [0, 5]
    expect(runEagerly(p, layer)[0]).toEqual(given('float32', [3, 2], [5, 1, 9, 0, 0, 5]));
  });

  it('does not see the order of a set, nor the places that it leaves empty', () => {
    fc.assert(
      fc.property(fc.array(vector, { maxLength: 4 }), fc.integer({ min: 0, max: 3 }), (set, more) => {
        const wanted = pooled([set], Math.max(1, set.length));
        const others = [
          pooled([set], set.length + Math.max(1, more)),
          pooled([set.toReversed()], Math.max(1, set.length)),
        ];
        for (const other of others) other.forEach((x, i) => void expect(x).toBeCloseTo(wanted[i], 4));
      }),
      { numRuns: 50 },
    );
  });

  it('sees each vector of a set: one that is there twice counts twice', () => {
    expect(
      pooled(
        [
          [
            [1, 2, 3],
            [1, 2, 3],
          ],
        ],
        2,
      ),
    ).not.toEqual(pooled([[[1, 2, 3]]], 2));
  });

  it('gives the same in one chunk and in several, eager and recorded', async () => {
    const sets: Sets = [
      [],
      [[1, 0, -1]],
      [
        [2, 1, 0],
        [0, 0, 1],
      ],
      [
        [1, 1, 1],
        [3, -1, 2],
        [0, 2, 0],
      ],
    ];
    const whole = runEagerly({ ...parameters, ...chunkOf(sets, 3, width) }, layer);
    const [few, many] = [chunkOf(sets.slice(0, 2), 1, width), chunkOf(sets.slice(2), 3, width)];
    const inputs = { ...parameters, fewV: few.vectors, fewM: few.mask, manyV: many.vectors, manyM: many.mask };
    const chunked: Compute = (tf, p) =>
      deepSets(tf, p, 'image', [
        { vectors: p.fewV, mask: p.fewM },
        { vectors: p.manyV, mask: p.manyM },
      ]);
    expectAllClose(runEagerly(inputs, chunked), whole, 1e-6);
    await expectParity(inputs, chunked);
  });

  it('has the right gradients', async () => {
    // whole halves between the kinks of the two relus: central differences must not step over one
    const p: Given = {
      'image.each.weight': given('float32', [2, 2], [2, -2, 1, 4]),
      'image.each.bias': given('float32', [2], [0.5, -0.5]),
      'image.set.weight': given('float32', [2, 2], [1, 2, -1, 0.5]),
      'image.set.bias': given('float32', [2], [2, -1]),
      ...chunkOf(
        [
          [[1, 2]],
          [
            [1.5, -0.5],
            [-1, 1],
          ],
          [],
        ],
        2,
        2,
        0,
      ),
    };
    await expectGradients(p, Object.keys(parameters), layer);
  });
});
