import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packTables, unpackTables } from '../../models/table-file.js';

describe('tables in a file', () => {
  it('leaves rows of zeros out', () => {
    const table = { rows: 3, width: 2, values: Float32Array.of(0, 0, 1, 2, 0, 0) };
    const packed = packTables({ word: table });
    expect([...packed.word.values]).toEqual([1, 2]);
    expect([...packed['word.rows'].values]).toEqual([1]);
    expect([...packed['word.size'].values]).toEqual([3]);
  });

  it('comes back as it was', () => {
    const value = fc.constantFrom(0, 0, 0.5, -2);
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 12 }), rows => {
        const table = { rows: rows.length, width: 2, values: Float32Array.from(rows.flat()) };
        expect(unpackTables(packTables({ trigram: table }), 'file')).toEqual({ trigram: table });
      }),
    );
  });

  it.each([
    ['a row beyond the table', { 'word.rows': { shape: [1], values: Int32Array.of(3) } }],
    ['a negative row', { 'word.rows': { shape: [1], values: Int32Array.of(-1) } }],
    ['fewer row numbers than rows', { 'word.rows': { shape: [0], values: new Int32Array(0) } }],
  ])('refuses %s', (_, wrong) => {
    const packed = packTables({ word: { rows: 3, width: 1, values: Float32Array.of(0, 1, 0) } });
    expect(() => unpackTables({ ...packed, ...wrong }, 'tables.safetensors')).toThrow(
      expect.objectContaining({ code: 'model/damaged' }),
    );
  });
});
