import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packStrings, StringTable } from '../../src/columns/string-table.js';

describe('StringTable', () => {
  it('finds every string and no other, halves of pairs too', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.constantFrom('', '\ud800', '\udc00x', '￿', '😀', 'ÿ'),
    );
    fc.assert(
      fc.property(fc.uniqueArray(text, { maxLength: 40 }), text, (strings, other) => {
        strings.sort();
        const table = new StringTable(packStrings(strings));
        expect(Array.from({ length: table.count }, (_, i) => table.value(i))).toEqual(strings);
        expect(strings.map(each => table.find(each))).toEqual(strings.map((_, i) => i));
        expect(table.find(other)).toBe(strings.indexOf(other));
      }),
      { numRuns: 100 },
    );
  });

  it('has a byte for each unit where all are Latin-1', () => {
    expect(packStrings(['a', 'ÿ']).units).toEqual(Uint8Array.of(0x61, 0xff));
    expect(packStrings(['a', 'Ā']).units).toEqual(Uint16Array.of(0x61, 0x100));
  });
});
