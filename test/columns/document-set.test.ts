import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lowerBound, openSet, packSet, setForms } from '../../src/columns/document-set.js';
import { createBitSet, hasBit, setBit } from '../../src/math/bit-set.js';

describe('a document set', () => {
  const documents = 2000;
  const some = fc
    .tuple(
      fc.constantFrom(0, 0.01, 0.2, 0.95, 1),
      fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: documents, maxLength: documents }),
    )
    .map(([share, draws]) => draws.flatMap((draw, doc) => (draw < share ? [doc] : [])));

  it('answers in every form as the list that it was made of', () => {
    const forms = new Set<number>();
    fc.assert(
      fc.property(some, docs => {
        const { form, words } = packSet(docs, documents);
        forms.add(form);
        const set = openSet(form, words, documents);
        expect(set.count).toBe(docs.length);
        const seen: number[] = [];
        set.each(doc => seen.push(doc));
        expect(seen).toEqual(docs);
        const rows = new Map(docs.map((doc, row) => [doc, row]));
        const bits = createBitSet(documents);
        setBit(bits, 1);
        set.addTo(bits);
        const all = Array.from({ length: documents }, (_, doc) => doc);
        expect(all.map(set.row)).toEqual(all.map(doc => rows.get(doc) ?? -1));
        expect(all.filter(doc => hasBit(bits, doc))).toEqual(all.filter(doc => rows.has(doc) || doc === 1));
      }),
      { numRuns: 25 },
    );
    expect([...forms].sort()).toEqual(Object.values(setForms));
  });

  it('takes the smaller form: a list of 4 bytes for each, or a bit for every document', () => {
    expect(packSet([5], 64).form).toBe(setForms.list);
    expect(packSet([5, 6, 7], 64).form).toBe(setForms.bits);
    expect(packSet([], 64).words).toHaveLength(0);
    expect(packSet([0, 1], 2)).toEqual({ form: setForms.all, words: new Uint32Array(0) });
  });
});

describe('lowerBound', () => {
  it('is the first place that is not before', () => {
    const values = [1, 3, 3, 5];
    expect([0, 1, 2, 3, 4, 5, 6].map(wanted => lowerBound(4, i => values[i] < wanted))).toEqual([0, 0, 1, 1, 3, 3, 4]);
    expect(lowerBound(0, () => true)).toBe(0);
  });
});
