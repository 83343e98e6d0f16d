import { align, codeBytes, codeOf, mix, scaleOf, steps, width } from './layout';
import { inputAt, otherAt, queryAt, rowsAt, scoresAt } from './thread';

/**
 * Codes of 4 bits a value. A vector is rotated, so that its values are spread as evenly as those of noise whatever the model gave, and each value v becomes
 * floor(v / step) + 8 in 0..15, which stands for (2 u - 15) step / 2. The scale of a row makes its product with its own vector right, as in RaBitQ
 * (Gao & Long, SIGMOD 2024; Gao et al., SIGMOD 2025).
 * 32 values lie in 16 bytes: value 8 j + l is nibble j of the 16-bit word l, so that a mask and a shift give eight of them as words.
 */

/** Values beyond so many standard deviations are cut off: the least error of 16 even steps over a normal distribution. */
const cut: f32 = 2.7;

function swapPairs(at: u32, size: u32, half: u32): void {
  for (let i: u32 = 0; i < size; i += 2 * half) {
    for (let k = i; k < i + half; k++) {
      const a = load<f32>(at + 4 * k);
      const b = load<f32>(at + 4 * (k + half));
      store<f32>(at + 4 * k, a + b);
      store<f32>(at + 4 * (k + half), a - b);
    }
  }
}

function swapFours(at: u32, size: u32, half: u32): void {
  for (let i: u32 = 0; i < size; i += 2 * half) {
    for (let k = at + 4 * i, end = k + 4 * half; k < end; k += 16) {
      const a = v128.load(k);
      const b = v128.load(k + 4 * half);
      v128.store(k, f32x4.add(a, b));
      v128.store(k + 4 * half, f32x4.sub(a, b));
    }
  }
}

/** Walsh-Hadamard transform of so many values, a power of 2; lengths stay. */
function hadamard(at: u32, size: u32): void {
  for (let half: u32 = 1; half < size; half <<= 1) {
    if (half < 4) swapPairs(at, size, half);
    else swapFours(at, size, half);
  }
  const factor: f32 = 1 / sqrt<f32>(<f32>size);
  for (let i: u32 = 0; i < size; i++) store<f32>(at + 4 * i, load<f32>(at + 4 * i) * factor);
}

/** Two rounds of signs drawn by chance and transforms of the first and of the last values, as many as the greatest power of 2 in the width. */
function rotate(at: u32): void {
  const size: u32 = 1 << (31 - clz<u32>(width));
  for (let round: u32 = 0; round < 2; round++) {
    for (let i: u32 = 0; i < width; i++)
      if (mix(i * 2 + round + 1) & 1) store<f32>(at + 4 * i, 0 - load<f32>(at + 4 * i));
    hadamard(at, size);
    if (size < width) hadamard(at + 4 * (width - size), size);
  }
}

function lengthOf(at: u32): f32 {
  let sum: f32 = 0;
  for (let i: u32 = 0; i < width; i++) sum += load<f32>(at + 4 * i) * load<f32>(at + 4 * i);
  return sqrt<f32>(sum);
}

/** Writes the vector of the input, which it changes, as the row of a node. */
export function encode(node: u32): void {
  rotate(inputAt);
  const length = lengthOf(inputAt);
  const perStep: f32 = (8 * sqrt<f32>(<f32>width)) / (cut * length);
  const code = codeOf(node);
  memory.fill(code, 0, codeBytes);
  let product: f32 = 0;
  for (let i: u32 = 0; i < width; i++) {
    const value = load<f32>(inputAt + 4 * i);
    const level = <i32>max<f32>(0, min<f32>(15, floor<f32>(value * perStep) + 8));
    const word = code + ((i >> 5) << 4) + ((i & 7) << 1);
    store<u16>(word, load<u16>(word) | <u16>(level << (((i >> 3) & 3) << 2)));
    product += value * <f32>(level * 2 - 15);
  }
  store<f32>(scaleOf(node), (length * length) / product);
}

/** sum of the values of the query at work: 15 of it is what codes are off by */
let offset: i32 = 0;

/** Takes the vector of the input, which it changes, for the query. @returns what makes cosines of scores for it */
export function takeQuery(): f32 {
  rotate(inputAt);
  let most: f32 = 0;
  for (let i: u32 = 0; i < width; i++) most = max<f32>(most, abs<f32>(load<f32>(inputAt + 4 * i)));
  const bound: f32 = 1.0e9 / (15 * sqrt<f32>(<f32>width) * lengthOf(inputAt));
  const factor = min<f32>(32767 / most, bound);
  offset = 0;
  for (let i: u32 = 0; i < steps; i++) {
    const value = i < width ? <i32>nearest<f32>(load<f32>(inputAt + 4 * i) * factor) : 0;
    store<i16>(queryAt + 2 * i, <i16>value);
    offset += 15 * value;
  }
  return 1 / factor;
}

@inline
function total(v: v128): i32 {
  return i32x4.extract_lane(v, 0) + i32x4.extract_lane(v, 1) + (i32x4.extract_lane(v, 2) + i32x4.extract_lane(v, 3));
}

/** Takes the row of a node for a query. @returns its offset */
export function takeRow(node: u32, at: u32): i32 {
  const mask = i16x8.splat(15);
  const middle = i16x8.splat(15);
  const code = codeOf(node);
  let sum: i32 = 0;
  for (let i: u32 = 0; i < codeBytes; i += 16) {
    const packed = v128.load(code + i);
    for (let j: u32 = 0; j < 4; j++) {
      const level = v128.and(i16x8.shr_u(packed, j << 2), mask);
      const value = i16x8.sub(i16x8.shl(level, 1), middle);
      v128.store(at + 4 * i + 16 * j, value);
    }
  }
  for (let i = width; i < steps; i++) store<i16>(at + 2 * i, 0);
  for (let i: u32 = 0; i < steps; i++) sum += load<i16>(at + 2 * i);
  return 15 * sum;
}

/** Takes the row of a node for the query. */
export function queryByRow(node: u32): void {
  offset = takeRow(node, queryAt);
}

@inline
function step(sum: v128, packed: v128, mask: v128, a: v128, b: v128, c: v128, d: v128): v128 {
  const first = i32x4.add(
    i32x4.dot_i16x8_s(v128.and(packed, mask), a),
    i32x4.dot_i16x8_s(v128.and(i16x8.shr_u(packed, 4), mask), b),
  );
  const second = i32x4.add(
    i32x4.dot_i16x8_s(v128.and(i16x8.shr_u(packed, 8), mask), c),
    i32x4.dot_i16x8_s(i16x8.shr_u(packed, 12), d),
  );
  return i32x4.add(sum, i32x4.add(first, second));
}

/** Score of a node for a query that lies at some place: its cosine but for a factor of the query. */
@inline
export function compare(query: u32, queryOffset: i32, node: u32): f32 {
  const mask = i16x8.splat(15);
  let sum = i32x4.splat(0);
  const code = codeOf(node);
  const end = code + codeBytes;
  for (let at = code, q = query; at < end; at += 16, q += 64) {
    sum = step(sum, v128.load(at), mask, v128.load(q), v128.load(q, 16), v128.load(q, 32), v128.load(q, 48));
  }
  return <f32>(total(sum) * 2 - queryOffset) * load<f32>(scaleOf(node));
}

export function scoreOf(node: u32): f32 {
  return compare(queryAt, offset, node);
}

/** Keys ascend as scores descend, equal scores by node; the lowest bit is free, for a node that was expanded. */
@inline
export function keyOf(score: f32, node: u32): u64 {
  const bits = reinterpret<u32>(score);
  const ascending = bits ^ (<u32>(<i32>bits >> 31) | 0x80000000);
  return ((<u64>~ascending) << 32) | ((<u64>node) << 1);
}

@inline
export function scoreIn(key: u64): f32 {
  const ascending = ~(<u32>(key >> 32));
  return reinterpret<f32>(ascending & 0x80000000 ? ascending ^ 0x80000000 : ~ascending);
}

@inline
export function nodeIn(key: u64): u32 {
  return <u32>key >> 1;
}

@inline
function keyFor(sum: v128, node: u32): u64 {
  return keyOf(<f32>(total(sum) * 2 - offset) * load<f32>(scaleOf(node)), node);
}

/**
 * Scores of some nodes for the query, four at a time, so that their codes come from memory at once.
 * @param nodes  with room for three more
 * @param keys   with room for three more
 */
export function scoreAll(nodes: u32, count: u32, keys: u32): void {
  if (count == 0) return;
  const mask = i16x8.splat(15);
  const last = load<u32>(nodes + 4 * count - 4);
  for (let i = count; i < align(count, 4); i++) store<u32>(nodes + 4 * i, last);
  for (let i: u32 = 0; i < count; i += 4) {
    const n0 = load<u32>(nodes + 4 * i);
    const n1 = load<u32>(nodes + 4 * i, 4);
    const n2 = load<u32>(nodes + 4 * i, 8);
    const n3 = load<u32>(nodes + 4 * i, 12);
    let c0 = codeOf(n0);
    let c1 = codeOf(n1);
    let c2 = codeOf(n2);
    let c3 = codeOf(n3);
    let s0 = i32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    const end = queryAt + 2 * steps;
    for (let q = queryAt; q < end; q += 64, c0 += 16, c1 += 16, c2 += 16, c3 += 16) {
      const a = v128.load(q);
      const b = v128.load(q, 16);
      const c = v128.load(q, 32);
      const d = v128.load(q, 48);
      s0 = step(s0, v128.load(c0), mask, a, b, c, d);
      s1 = step(s1, v128.load(c1), mask, a, b, c, d);
      s2 = step(s2, v128.load(c2), mask, a, b, c, d);
      s3 = step(s3, v128.load(c3), mask, a, b, c, d);
    }
    store<u64>(keys + 8 * i, keyFor(s0, n0));
    store<u64>(keys + 8 * i, keyFor(s1, n1), 8);
    store<u64>(keys + 8 * i, keyFor(s2, n2), 16);
    store<u64>(keys + 8 * i, keyFor(s3, n3), 24);
  }
}

/** Inner products of the input with the first rows that lie for it, in float32. */
export function multiplyRows(count: u32): void {
  const whole = width & ~3;
  for (let row: u32 = 0; row < count; row++) {
    const at = rowsAt + 4 * row * width;
    let a = f32x4.splat(0);
    for (let i: u32 = 0; i < whole; i += 4)
      a = f32x4.add(a, f32x4.mul(v128.load(inputAt + 4 * i), v128.load(at + 4 * i)));
    let sum = f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1) + (f32x4.extract_lane(a, 2) + f32x4.extract_lane(a, 3));
    for (let i = whole; i < width; i++) sum += load<f32>(inputAt + 4 * i) * load<f32>(at + 4 * i);
    store<f32>(scoresAt + 4 * row, sum);
  }
}

/** Takes the row of one node to compare others with. @returns its offset */
export function otherByRow(node: u32): i32 {
  return takeRow(node, otherAt);
}
