import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEnsemble, writeEnsemble } from '../../../src/ranking/trees/stored-ensemble.js';
import { randomEnsemble } from './random-ensemble.js';

const throughText = (value: object): unknown => JSON.parse(JSON.stringify(value));
const small = randomEnsemble(3, { features: 3, trees: 2, leaves: 9 });

/** What was written, with one place of it changed. */
function changed(path: readonly (string | number)[], value: unknown): unknown {
  const copy = throughText(writeEnsemble(small));
  const [last, ...way] = [...path].reverse();
  const parent = way.reverse().reduce((inner, key) => Reflect.get(Object(inner), key), copy);
  Reflect.set(Object(parent), last, value);
  return copy;
}

describe('writeEnsemble, readEnsemble', () => {
  it('give back the same ensemble, every number to the last bit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), seed => {
        const ensemble = randomEnsemble(seed, { features: 4, trees: 5, leaves: 17 });
        expect(readEnsemble(throughText(writeEnsemble(ensemble)))).toEqual(ensemble);
      }),
      { numRuns: 30 },
    );
  });

  it('keep what is monotone', () => {
    const ensemble = { ...small, features: small.features.with(0, { name: 'bm25', kind: 'number', monotone: 1 }) };
    expect(readEnsemble(throughText(writeEnsemble(ensemble))).features[0].monotone).toBe(1);
  });

  const nodes = small.trees.find(tree => tree.feature.length > 2);
  const t = small.trees.indexOf(nodes!);
  it.each([
    ['not an object', 7],
    ['another version', changed(['version'], 2)],
    ['an unknown key', changed(['more'], 1)],
    ['no features', changed(['features'], [])],
    ['a name twice', changed(['features', 1, 'name'], 'feature 0')],
    ['an ordered category', changed(['features', 2, 'monotone'], 1)],
    ['a feature out of range', changed(['trees', t, 'feature', 1], 99)],
    ['a negative feature', changed(['trees', t, 'feature', 1], -1)],
    ['a child that is its own ancestor', changed(['trees', t, 'left', 1], 0)],
    ['a child that is itself', changed(['trees', t, 'left', 1], 1)],
    ['a child out of range', changed(['trees', t, 'right', 0], 1000)],
    ['a leaf out of range', changed(['trees', t, 'right', 0], -1000)],
    ['a leaf too few', changed(['trees', t, 'value'], [1])],
    ['a threshold that is null', changed(['trees', t, 'threshold', 0], null)],
    ['a list that is too short', changed(['trees', t, 'gain'], [])],
    ['categories beyond their end', changed(['trees', t, 'categoryStart', 1], 5000)],
    ['a cover below 0', changed(['trees', t, 'cover', 0], -1)],
    ['a base of text', changed(['base'], 'x')],
  ])('refuse %s', (_, json) => {
    expect(() => readEnsemble(json)).toThrow(expect.objectContaining({ code: 'ranker/damaged' }));
  });

  it('refuse two parents of one node', () => {
    const { left, right } = nodes!;
    const inner = [...left, ...right].filter(child => child > 0);
    expect(inner.length).toBeGreaterThan(0);
    const spare = left.indexOf(inner[0]) >= 0 ? 'right' : 'left';
    expect(() => readEnsemble(changed(['trees', t, spare, 0], inner[0]))).toThrow('has no child');
  });

  it('refuse a category that no set may hold', () => {
    const wide = {
      ...small,
      features: [{ name: 'a', kind: 'category' as const }],
      trees: [
        {
          ...randomEnsemble(1, { features: 1, trees: 1, leaves: 1 }).trees[0],
          feature: Int32Array.of(0),
          threshold: Float64Array.of(0),
          left: Int32Array.of(~0),
          right: Int32Array.of(~1),
          defaultLeft: Uint8Array.of(0),
          categoryStart: Int32Array.of(0, 2049),
          categories: new Uint32Array(2049),
          gain: Float64Array.of(0),
          cover: Float64Array.of(2),
          value: Float64Array.of(0, 1),
          leafCover: Float64Array.of(1, 1),
        },
      ],
    };
    expect(() => writeEnsemble(wide)).toThrow('a category of 65536 or above');
  });
});
