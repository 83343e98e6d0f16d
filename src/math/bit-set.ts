/** A set of the documents of one segment: bit `doc & 31` of word `doc >>> 5`. */
export type BitSet = Uint32Array;

export const createBitSet = (documents: number): BitSet => new Uint32Array((documents + 31) >>> 5);

/** All of the documents; bits behind the last one stay 0. */
export function fullBitSet(documents: number): BitSet {
  const bits = createBitSet(documents).fill(0xffffffff);
  if ((documents & 31) !== 0) bits[bits.length - 1] = (1 << (documents & 31)) - 1;
  return bits;
}

export const hasBit = (bits: BitSet, doc: number): boolean => (bits[doc >>> 5] & (1 << (doc & 31))) !== 0;

export const setBit = (bits: BitSet, doc: number): void => {
  bits[doc >>> 5] |= 1 << (doc & 31);
};

export const clearBit = (bits: BitSet, doc: number): void => {
  bits[doc >>> 5] &= ~(1 << (doc & 31));
};

/** Keeps in `into` what is in both. */
export function intersect(into: BitSet, other: BitSet): void {
  for (let i = 0; i < into.length; i++) into[i] &= other[i];
}

/** Adds what is in `other`. */
export function unite(into: BitSet, other: BitSet): void {
  for (let i = 0; i < into.length; i++) into[i] |= other[i];
}

/** Takes out what is in `other`. */
export function subtract(into: BitSet, other: BitSet): void {
  for (let i = 0; i < into.length; i++) into[i] &= ~other[i];
}

export function countBits(bits: BitSet): number {
  let count = 0;
  for (let word of bits) {
    word -= (word >>> 1) & 0x55555555;
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
    count += (((word + (word >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
  }
  return count;
}

/** The first document in the set from `from` on; -1 where there is none. */
export function nextBit(bits: BitSet, from: number): number {
  let word = from >>> 5;
  if (word >= bits.length) return -1;
  let rest = bits[word] & (-1 << (from & 31));
  while (rest === 0) {
    if (++word === bits.length) return -1;
    rest = bits[word];
  }
  return word * 32 + 31 - Math.clz32(rest & -rest);
}

/** Visits the documents of the set, rising. */
export function eachBit(bits: BitSet, visit: (doc: number) => void): void {
  for (let word = 0; word < bits.length; word++) {
    for (let rest = bits[word]; rest !== 0; rest &= rest - 1) visit(word * 32 + 31 - Math.clz32(rest & -rest));
  }
}
