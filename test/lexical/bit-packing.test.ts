import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitsOf, blockSize, packBlock, packedWords, unpackBlock, unpackRising } from '../../src/lexical/bit-packing.js';
import { GrowingBytes, NumberReader } from '../../src/lexical/growing-bytes.js';

const block = (bits: number) =>
  fc.array(fc.integer({ min: 0, max: 2 ** bits - 1 }), { minLength: blockSize, maxLength: blockSize });

describe('bit packing', () => {
  it('puts number i into lane i & 3', () => {
    // 16 bits: numbers 0..7 fill the first four words, low half first
    const words = new Uint32Array(packedWords(16));
    packBlock(
      Uint32Array.from({ length: blockSize }, (_, i) => i),
      16,
      words,
      0,
    );
    expect([...words.subarray(0, 4)]).toEqual([0x40000, 0x50001, 0x60002, 0x70003]);
  });

  it('gives back every number at every width, and does not touch its neighbours', () => {
    const cases = fc.integer({ min: 0, max: 32 }).chain(bits => fc.tuple(fc.constant(bits), block(bits)));
    fc.assert(
      fc.property(cases, ([bits, values]) => {
        const words = new Uint32Array(packedWords(bits) + 2);
        words[0] = 7;
        packBlock(Uint32Array.from(values), bits, words, 1);
        expect([words[0], words[words.length - 1]]).toEqual([7, 0]);
        const out = new Uint32Array(blockSize + 1);
        unpackBlock(words, 1, bits, 0, out);
        expect([...out]).toEqual([...values, 0]);
      }),
      { numRuns: 300 },
    );
  });

  it('gives back rising numbers from their distances', () => {
    const cases = fc.integer({ min: 0, max: 20 }).chain(bits => fc.tuple(fc.constant(bits), block(bits)));
    fc.assert(
      fc.property(cases, fc.integer({ min: -1, max: 1000 }), ([bits, distances], previous) => {
        let last = previous;
        const values = distances.map(distance => {
          last += distance + 1;
          return last;
        });
        const words = new Uint32Array(packedWords(bits));
        packBlock(Uint32Array.from(distances), bits, words, 0);
        const out = new Uint32Array(blockSize);
        unpackRising(words, 0, bits, previous, out);
        expect([...out]).toEqual(values);
      }),
    );
  });

  it('counts bits', () => expect([0, 1, 2, 255, 256, 2 ** 32 - 1].map(bitsOf)).toEqual([0, 1, 2, 8, 9, 32]));
});

describe('GrowingBytes and NumberReader', () => {
  it('write seven bits a byte, low ones first', () => {
    const bytes = new GrowingBytes();
    bytes.pushNumber(300); // 0b10_0101100
    expect([...bytes.used]).toEqual([0b1010_1100, 0b10]);
  });

  it('give back numbers, and skip them', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 })), fc.nat(), (numbers, at) => {
        const bytes = new GrowingBytes();
        for (const number of numbers) bytes.pushNumber(number);
        const reader = new NumberReader(bytes.used);
        expect(numbers.map(() => reader.read())).toEqual(numbers);
        if (numbers.length === 0) return;
        const from = at % numbers.length;
        const second = new NumberReader(bytes.used);
        second.skip(from);
        expect(second.read()).toBe(numbers[from]);
      }),
    );
  });
});
