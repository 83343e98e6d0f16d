import fc from 'fast-check';
import { x86 } from 'murmurhash3js-revisited';
import { describe, expect, it } from 'vitest';
import { murmur3 } from '../../src/text/murmur3.js';

const encoder = new TextEncoder();

describe('murmur3', () => {
  it('gives the published vectors of MurmurHash3_x86_32', () => {
    expect(murmur3('', 0)).toBe(0);
    expect(murmur3('', 1)).toBe(0x514e28b7);
    expect(murmur3('', 0xffffffff)).toBe(0x81f16f39);
    expect(murmur3('test', 0x9747b28c)).toBe(0x704b81dc);
    expect(murmur3('Hello, world!', 0x9747b28c)).toBe(0x24884cba);
    expect(murmur3('The quick brown fox jumps over the lazy dog', 0x9747b28c)).toBe(0x2fa826cd);
    expect(murmur3('ππππππππ', 0x9747b28c)).toBe(0xd58063c1);
  });

  it('equals murmurhash3js-revisited on any string, lone surrogates included', () => {
    const units = fc.array(fc.nat(0xffff)).map(codes => String.fromCharCode(...codes));
    const text = fc.oneof(units, fc.string(), fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(text, fc.nat(0xffffffff), (value, seed) => {
        expect(murmur3(value, seed)).toBe(x86.hash32(encoder.encode(value), seed));
      }),
      { numRuns: 1000 },
    );
  });

  it('equals it for each width of a character at each place in a block', () => {
    for (const wide of ['a', 'é', '中', '😀', '\ud800', '\udc00']) {
      for (let before = 0; before < 5; before++) {
        for (let after = 0; after < 5; after++) {
          const text = 'x'.repeat(before) + wide + 'y'.repeat(after);
          expect(murmur3(text, 7), JSON.stringify(text)).toBe(x86.hash32(encoder.encode(text), 7));
        }
      }
    }
  });
});
