import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeKeys, embeddingKey, encodeKeys } from '../../src/vector/embedding-key.js';

const embedding = fc.float32Array({ minLength: 1, maxLength: 16, noNaN: true });

describe('embeddingKey', () => {
  it('is a whole number below 2^53, the same for the same bits wherever they lie', () => {
    fc.assert(
      fc.property(embedding, vector => {
        const key = embeddingKey(vector);
        expect(Number.isSafeInteger(key) && key >= 0).toBe(true);
        expect(embeddingKey(Float32Array.of(7, ...vector).subarray(1))).toBe(key);
      }),
    );
  });

  it('differs between 40,000 embeddings that differ in one bit or in their order', () => {
    const keys = new Set<number>();
    const bits = new Int32Array(64);
    for (let place = 0; place < 64; place++) {
      for (let bit = 0; bit < 32; bit++) {
        for (let other = 0; other < 20; other++) {
          bits.fill(0x3f800000 + other);
          bits[place] ^= 1 << bit;
          keys.add(embeddingKey(new Float32Array(bits.buffer)));
        }
      }
    }
    // 64 places, 32 bits, 20 fillings
    expect(keys.size).toBe(64 * 32 * 20);
  });
});

describe('encodeKeys', () => {
  it('keeps every key', () => {
    const key = fc.oneof(fc.maxSafeNat(), fc.constant(Number.NaN));
    fc.assert(fc.property(fc.array(key), keys => void expect(decodeKeys(encodeKeys(keys))).toEqual(keys)));
  });
});
