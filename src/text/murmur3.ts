/**
 * MurmurHash3 x86 32 (Austin Appleby, public domain) over the UTF-8 bytes of a string.
 * The bytes are formed in registers, so nothing is allocated; a lone surrogate counts as U+FFFD, as TextEncoder writes it.
 * @param seed  uint32
 * @returns uint32
 */
export function murmur3(text: string, seed: number): number {
  let hash = seed | 0;
  let block = 0; // bytes waiting for a full 32-bit block, little-endian
  let bits = 0;
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    let width = 8;
    let packed = unit;
    if (unit >= 0x80) {
      const point = unit >= 0xd800 && unit < 0xe000 ? wellFormed(text.codePointAt(i) as number) : unit;
      if (point > 0xffff) i++;
      width = point < 0x800 ? 16 : point < 0x10000 ? 24 : 32;
      packed = packUtf8(point);
    }
    block |= packed << bits;
    bytes += width >>> 3;
    const filled = bits + width;
    if (filled >= 32) {
      hash = mixBlock(hash, block);
      block = bits === 0 ? 0 : packed >>> (32 - bits); // shifts count modulo 32: bits = 0 leaves no rest
      bits = filled - 32;
    } else bits = filled;
  }
  if (bits > 0) hash ^= scramble(block);
  return finish(hash ^ bytes);
}

/** A surrogate that pairs with nothing becomes the replacement character. */
const wellFormed = (point: number): number => (point < 0x10000 ? 0xfffd : point);

/** The UTF-8 bytes of a code point >= U+0080, first byte lowest. */
function packUtf8(point: number): number {
  const last = 0x80 | (point & 0x3f);
  if (point < 0x800) return 0xc0 | (point >>> 6) | (last << 8);
  const middle = 0x80 | ((point >>> 6) & 0x3f);
  if (point < 0x10000) return 0xe0 | (point >>> 12) | (middle << 8) | (last << 16);
  return 0xf0 | (point >>> 18) | ((0x80 | ((point >>> 12) & 0x3f)) << 8) | (middle << 16) | (last << 24);
}

function scramble(block: number): number {
  const k = Math.imul(block, 0xcc9e2d51);
  return Math.imul((k << 15) | (k >>> 17), 0x1b873593);
}

function mixBlock(hash: number, block: number): number {
  const h = hash ^ scramble(block);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
