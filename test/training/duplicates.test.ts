import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockDuplicates } from '../../training/duplicates.js';

describe('blockDuplicates', () => {
  it('blocks the same document and the same query, both ways, and never the diagonal', () => {
    // rows 0 and 2 ask the same; rows 1 and 2 want the same document
    const x = -1e9;
    expect([...blockDuplicates(['lamp', 'sink', 'lamp', 'tap'], [4, 7, 7, 9])]).toEqual([
      0,
      0,
      x,
      0,
      0,
      0,
      x,
      0,
      x,
      x,
      0,
      0,
      0,
      0,
      0,
      0,
    ]);
  });

  it('leaves all open where nothing repeats, and blocks all but the diagonal where all is the same', () => {
    expect(blockDuplicates(['a', 'b', 'c'], [1, 2, 3])).toEqual(new Float32Array(9));
    expect([...blockDuplicates(['a', 'a'], [1, 2])]).toEqual([0, -1e9, -1e9, 0]);
  });

  it('equals the definition', () => {
    const row = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.integer({ min: 0, max: 5 }));
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 12 }), batch => {
        const blocked = blockDuplicates(
          batch.map(([query]) => query),
          batch.map(([, document]) => document),
        );
        const defined = batch.flatMap(([query, document], a) =>
          batch.map(([q, d], b) => (a !== b && (q === query || d === document) ? -1e9 : 0)),
        );
        expect([...blocked]).toEqual(defined);
      }),
    );
  });
});
