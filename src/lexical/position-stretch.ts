import { bitsOf } from './bit-packing.js';
import type { GrowingArray } from './growing-array.js';
import { type GrowingBytes, NumberReader } from './growing-bytes.js';

/** Fewer numbers stand as LEB128 without a byte that says so. */
const leastPacked = 8;
/** What the first byte says: 0 = LEB128 follows, else one more than the bits of each number. */
const asNumbers = 0;
/** Bytes that are read with a number, beyond its own: so many stand behind the last stretch. */
export const readBehind = 5;

/**
 * Writes a stretch of numbers: the positions of a block of postings. Each takes as many bits as the largest needs, low bits first, or is LEB128 where that
 * is shorter: a text that is long among short ones would make all of them dear.
 */
export function writeStretch({ data, length }: GrowingArray, into: GrowingBytes): void {
  let [all, bytes] = [0, 0];
  for (let i = 0; i < length; i++) {
    all |= data[i];
    bytes += Math.max(1, Math.ceil(bitsOf(data[i]) / 7));
  }
  const bits = bitsOf(all);
  const isPacked = length >= leastPacked && (bits * length + 7) >>> 3 <= bytes;
  if (length >= leastPacked) into.push(isPacked ? bits + 1 : asNumbers);
  if (isPacked) pack(data, length, bits, into);
  else for (let i = 0; i < length; i++) into.pushNumber(data[i]);
}

function pack(data: Uint32Array, length: number, bits: number, into: GrowingBytes): void {
  const bytes = (bits * length + 7) >>> 3;
  into.reserve(bytes);
  const { data: out, length: from } = into;
  out.fill(0, from, from + bytes);
  for (let i = 0; i < length; i++) {
    const shift = (i * bits) & 7;
    let at = from + ((i * bits) >>> 3);
    out[at++] |= data[i] << shift;
    for (let written = 8 - shift; written < bits; written += 8) out[at++] = data[i] >>> written;
  }
  into.length += bytes;
}

/** Reads the numbers of stretches, those of packed ones in any order. */
export class StretchReader {
  /** of a packed one; -1 = it is LEB128 */
  private bits = -1;
  private start = 0;
  /** the number that `reader` stands before */
  private next = 0;
  private readonly reader: NumberReader;

  /** @param packs  false where all stretches are LEB128 without a byte that says so */
  constructor(
    private readonly bytes: Uint8Array,
    private readonly packs: boolean,
  ) {
    this.reader = new NumberReader(bytes);
  }

  /** @param start  where the stretch begins @param length  its numbers, or any number from 8 on where there are more */
  open(start: number, length: number): void {
    const says = this.packs && length >= leastPacked;
    this.bits = says ? this.bytes[start] - 1 : -1;
    this.start = says ? start + 1 : start;
    this.reader.at = this.start;
    this.next = 0;
  }

  /** The number at a place of the stretch. */
  at(place: number): number {
    return this.bits >= 0 ? this.packedAt(place) : this.readAt(place);
  }

  private packedAt(place: number): number {
    const { bytes, bits } = this;
    const shift = (place * bits) & 7;
    const at = this.start + ((place * bits) >>> 3);
    const low = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
    const value = shift === 0 ? low : (low >>> shift) | (bytes[at + 4] << (32 - shift));
    return bits === 32 ? value >>> 0 : value & ((1 << bits) - 1);
  }

  private readAt(place: number): number {
    const { reader } = this;
    if (place < this.next) {
      reader.at = this.start;
      this.next = 0;
    }
    reader.skip(place - this.next);
    this.next = place + 1;
    return reader.read();
  }
}
