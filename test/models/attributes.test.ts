import fc from 'fast-check';
import { x86 } from 'murmurhash3js-revisited';
import { describe, expect, it } from 'vitest';
import { attributeFeatures, attributeVocabulary } from '../../models/attributes.js';

/** Seed as a model artefact has it: another would be another model. */
const idOf = (feature: string, buckets = 1024): number =>
  x86.hash32(new TextEncoder().encode(feature), 0x6174) % buckets;
const features = (value: unknown, known?: Parameters<typeof attributeFeatures>[2]): number[] =>
  Array.from(attributeFeatures('price', { price: value }, known, 1024));

describe('attributeVocabulary', () => {
  it('of numbers has the lower edges of the quantile bins at three resolutions', () => {
    const rows = [8, 3, 1, 5, 2, 7, 4, 6].map(price => ({ price }));
    // of 1..8, 4 bins begin at the values of rank 0, 2, 4, 6; 16 and 64 bins have an edge at each value but the lowest
    const fine = [2, 3, 4, 5, 6, 7, 8];
    expect(attributeVocabulary('price', rows)).toEqual({ kind: 'numbers', edges: [[3, 5, 7], fine, fine] });
  });

  it('of equal numbers puts them in one bin, and has no empty one', () => {
    const rows = [1, 1, 1, 1, 1, 1, 9, 9].map(price => ({ price }));
    // ranks 2, 4, 6 of four bins are 1, 1, 9: the lowest value is no edge
    expect(attributeVocabulary('price', rows)).toEqual({ kind: 'numbers', edges: [[9], [9], [9]] });
    expect(attributeVocabulary('price', [{ price: 5 }, {}])).toEqual({ kind: 'numbers', edges: [[], [], []] });
  });

  it('is of categories as soon as one value is no number', () => {
    for (const other of ['12', true, [1, 2]]) {
      expect(attributeVocabulary('x', [{ x: 3 }, { x: other }])).toEqual({ kind: 'categories' });
    }
  });

  it('does not mind what is no value: such documents are as good as without the field', () => {
    const rows = [{ x: null }, { x: '' }, { x: ' ' }, { x: [] }, { x: { a: 1 } }, { x: Number.NaN }, {}];
    expect(attributeVocabulary('x', rows)).toBeUndefined();
    expect(attributeVocabulary('x', [...rows, { x: 2 }])).toMatchObject({ kind: 'numbers' });
    expect(attributeVocabulary('toString', rows)).toBeUndefined();
  });
});

describe('attributeFeatures', () => {
  const known = { kind: 'numbers', edges: [[10, 20], [5, 10, 20, 40], []] } as const;

  it.each([
    [-3, [0, 0, 0]],
    [9.99, [0, 1, 0]],
    [10, [1, 2, 0]],
    [25, [2, 3, 0]],
    [1e300, [2, 4, 0]],
  ])('of the number %d are its bins, each from its lower edge on', (value, bins) => {
    const wanted = bins.map((bin, resolution) => idOf(`price=${resolution}:${bin}`));
    expect(features(value, known as never)).toEqual(wanted);
  });

  it.each([['12'], [true], [[12]], [Number.POSITIVE_INFINITY], [null], [undefined]])(
    'of %j where numbers are wanted are none',
    value => expect(features(value, known as never)).toEqual([]),
  );

  it.each<[unknown, string[]]>([
    [' Dark Red ', ['dark red']],
    [false, ['false']],
    [2.5, ['2.5']],
    [
      ['oak', 'Pine', 7, null, ['nested'], ''],
      ['oak', 'pine', '7'],
    ],
    ['', []],
    [{ a: 1 }, []],
    [Number.NaN, []],
  ])('of the category %j', (value, categories) => {
    const wanted = categories.map(category => idOf(`price=${category}`));
    expect(features(value, { kind: 'categories' })).toEqual(wanted);
    expect(features(value)).toEqual(wanted);
  });

  it('looks at 64 values of a list at most, and at own fields alone', () => {
    expect(features(Array.from({ length: 10_000 }, (_, i) => `${i}`))).toHaveLength(64);
    expect(Array.from(attributeFeatures('constructor', {}, undefined, 1024))).toEqual([]);
    expect(Array.from(attributeFeatures('x', undefined, undefined, 1024))).toEqual([]);
  });

  it('puts every value where counting the edges does, and every value of the training documents in a bin that one of them is in', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 200 }),
        fc.integer(),
        (values, other) => {
          const vocabulary = attributeVocabulary(
            'price',
            values.map(price => ({ price })),
          )!;
          if (vocabulary.kind !== 'numbers') throw new Error('not numbers');
          const binsOf = (value: number): number[] =>
            vocabulary.edges.map(edges => edges.filter(edge => edge <= value).length);
          for (const value of [...values.slice(0, 5), other]) {
            expect(features(value, vocabulary)).toEqual(binsOf(value).map((bin, r) => idOf(`price=${r}:${bin}`)));
          }
          const seen = values.map(binsOf);
          vocabulary.edges.forEach((edges, r) => {
            expect(new Set(seen.map(bins => bins[r])).size).toBe(edges.length + 1);
          });
        },
      ),
    );
  });
});
