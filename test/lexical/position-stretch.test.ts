import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GrowingArray } from '../../src/lexical/growing-array.js';
import { GrowingBytes } from '../../src/lexical/growing-bytes.js';
import { readBehind, StretchReader, writeStretch } from '../../src/lexical/position-stretch.js';

const growing = (values: readonly number[]) => new GrowingArray(Uint32Array.from(values), values.length);

function written(...stretches: readonly (readonly number[])[]) {
  const bytes = new GrowingBytes();
  const starts = stretches.map(stretch => {
    const start = bytes.length;
    writeStretch(growing(stretch), bytes);
    return start;
  });
  const { length } = bytes;
  for (let i = 0; i < readBehind; i++) bytes.push(0);
  return { bytes: bytes.used, starts, length };
}

describe('stretches of positions', () => {
  it('take as many bits as the largest number needs, behind a byte that says how many', () => {
    // eight numbers of three bits: 24 bits; 5 + 1 << 3 and so on, low bits first
    const { bytes, length } = written([5, 1, 0, 7, 2, 2, 3, 4]);
    expect(length).toBe(4);
    const low = 5 | (1 << 3) | (0 << 6) | (7 << 9) | (2 << 12) | (2 << 15) | (3 << 18) | (4 << 21);
    expect([...bytes.subarray(0, 4)]).toEqual([4, low & 255, (low >>> 8) & 255, (low >>> 16) & 255]);
  });

  it('are numbers of seven bits a byte where few, or one large among small ones, make these shorter', () => {
    expect([...written([1, 300]).bytes.subarray(0, 3)]).toEqual([1, 0xac, 2]);
    // nine bits each would be 18 bytes: here 15 of one byte and one of two, behind a byte
    const { bytes, length } = written([...new Array(15).fill(1), 300]);
    expect(length).toBe(18);
    expect(bytes[0]).toBe(0);
  });

  it('give every number back, in whatever order it is asked for', () => {
    const number = fc.oneof(
      fc.integer({ min: 0, max: 12 }),
      fc.integer({ min: 0, max: 200 }),
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.array(number, { maxLength: 40 }), { minLength: 1, maxLength: 4 }),
        fc.nat(),
        (all, seed) => {
          const { bytes, starts } = written(...all);
          const reader = new StretchReader(bytes, true);
          all.forEach((stretch, i) => {
            reader.open(starts[i], stretch.length);
            for (let asked = 0; asked < 2 * stretch.length; asked++) {
              const place = (asked * 7 + seed) % stretch.length;
              expect(reader.at(place)).toBe(stretch[place]);
            }
          });
        },
      ),
    );
  });
});
