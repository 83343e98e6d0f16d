import { describe, expect, it } from 'vitest';
import { fromBfloat16, fromFloat16 } from '../../../models/pretrained/half-precision.js';

describe('fromFloat16', () => {
  it.each([
    [0x3c00, 1], // exponent 15 - 15, no fraction
    [0xc000, -2],
    [0x3555, 0.333251953125], // 2^-2 (1 + 341/1024)
    [0x7bff, 65504], // the greatest: 2^15 (1 + 1023/1024)
    [0x0400, 2 ** -14], // the least normal one
    [0x0001, 2 ** -24], // the least of all
    [0x83ff, -1023 * 2 ** -24],
    [0x8000, -0],
    [0x7c00, Number.POSITIVE_INFINITY],
    [0xfc00, Number.NEGATIVE_INFINITY],
    [0x7e00, Number.NaN],
  ])('%i is %d', (bits, value) => {
    expect(fromFloat16(Uint16Array.of(bits))).toEqual(Float32Array.of(value));
  });
});

describe('fromBfloat16', () => {
  it.each([
    [0x3f80, 1], // the upper half of 0x3f800000
    [0xc040, -3],
    [0x3eab, 0.333984375], // 2^-2 (1 + 43/128)
    [0x0001, 2 ** -133], // the least of all: 2^-126 / 128
    [0x7f80, Number.POSITIVE_INFINITY],
    [0x7fc0, Number.NaN],
  ])('%i is %d', (bits, value) => {
    expect(fromBfloat16(Uint16Array.of(bits))).toEqual(Float32Array.of(value));
  });
});
