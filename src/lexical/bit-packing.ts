/**
 * Blocks of 128 numbers, each of the same number of bits, in four lanes: number i is number i >> 2 of lane i & 3, and word w of lane l
 * is word 4 * w + l. So four neighbours always share one shift (Lemire & Boytsov, 2015, SIMD-BP128), which spares work without SIMD too.
 */
export const blockSize = 128;

/** Bits that a number needs. @param value  integer in [0, 2^32) */
export const bitsOf = (value: number): number => 32 - Math.clz32(value);

/** Words of a block. */
export const packedWords = (bits: number): number => 4 * bits;

/**
 * @param values  128 numbers below 2^bits
 * @param words  written from `at` on; zero there before
 */
export function packBlock(values: Uint32Array, bits: number, words: Uint32Array, at: number): void {
  if (bits === 0) return;
  let shift = 0;
  let row = at;
  for (let i = 0; i < blockSize; i += 4) {
    for (let lane = 0; lane < 4; lane++) {
      words[row + lane] |= values[i + lane] << shift;
      if (shift + bits > 32) words[row + 4 + lane] |= values[i + lane] >>> (32 - shift);
    }
    shift += bits;
    if (shift >= 32) {
      shift -= 32;
      row += 4;
    }
  }
}

/** Adds `base` to every number. @param out  at least 128 long */
export function unpackBlock(words: Uint32Array, at: number, bits: number, base: number, out: Uint32Array): void {
  if (bits === 0) {
    for (let i = 0; i < blockSize; i++) out[i] = base;
    return;
  }
  const mask = bits === 32 ? -1 : (1 << bits) - 1;
  let shift = 0;
  let row = at;
  for (let i = 0; i < blockSize; i += 4) {
    let a = words[row] >>> shift;
    let b = words[row + 1] >>> shift;
    let c = words[row + 2] >>> shift;
    let d = words[row + 3] >>> shift;
    const end = shift + bits;
    if (end > 32) {
      const up = 32 - shift;
      a |= words[row + 4] << up;
      b |= words[row + 5] << up;
      c |= words[row + 6] << up;
      d |= words[row + 7] << up;
    }
    out[i] = base + (a & mask);
    out[i + 1] = base + (b & mask);
    out[i + 2] = base + (c & mask);
    out[i + 3] = base + (d & mask);
    shift = end & 31;
    if (end >= 32) row += 4;
  }
}

/** Reads rising numbers kept as their distances less 1. @param previous  the number before the first, -1 where there is none */
export function unpackRising(words: Uint32Array, at: number, bits: number, previous: number, out: Uint32Array): void {
  let last = previous;
  if (bits === 0) {
    for (let i = 0; i < blockSize; i++) out[i] = ++last;
    return;
  }
  const mask = bits === 32 ? -1 : (1 << bits) - 1;
  let shift = 0;
  let row = at;
  for (let i = 0; i < blockSize; i += 4) {
    let a = words[row] >>> shift;
    let b = words[row + 1] >>> shift;
    let c = words[row + 2] >>> shift;
    let d = words[row + 3] >>> shift;
    const end = shift + bits;
    if (end > 32) {
      const up = 32 - shift;
      a |= words[row + 4] << up;
      b |= words[row + 5] << up;
      c |= words[row + 6] << up;
      d |= words[row + 7] << up;
    }
    const first = last + (a & mask) + 1;
    const second = first + (b & mask) + 1;
    const third = second + (c & mask) + 1;
    last = third + (d & mask) + 1;
    out[i] = first;
    out[i + 1] = second;
    out[i + 2] = third;
    out[i + 3] = last;
    shift = end & 31;
    if (end >= 32) row += 4;
  }
}
