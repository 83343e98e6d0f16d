import type { GrowingArray } from './growing-array.js';

/**
 * UTF-8, with half of a surrogate pair as three bytes too (WTF-8), so that no two terms fall together. Order by bytes is order by code points.
 */
export function encodeTerm(term: string): Uint8Array {
  const bytes = new Uint8Array(term.length * 3);
  return bytes.subarray(0, encodeInto(term, bytes));
}

/** The same into bytes that are there, with room for three for each unit. @returns where they end */
export function encodeInto(term: string, bytes: Uint8Array, from = 0): number {
  let length = from;
  for (let i = 0; i < term.length; i++) {
    const unit = term.charCodeAt(i);
    if (unit < 0x80) {
      bytes[length++] = unit;
      continue;
    }
    const point = term.codePointAt(i) as number;
    if (point < 0x800) {
      bytes[length++] = 0xc0 | (point >> 6);
      bytes[length++] = 0x80 | (point & 0x3f);
    } else if (point < 0x10000) {
      bytes[length++] = 0xe0 | (point >> 12);
      bytes[length++] = 0x80 | ((point >> 6) & 0x3f);
      bytes[length++] = 0x80 | (point & 0x3f);
    } else {
      i++;
      bytes[length++] = 0xf0 | (point >> 18);
      bytes[length++] = 0x80 | ((point >> 12) & 0x3f);
      bytes[length++] = 0x80 | ((point >> 6) & 0x3f);
      bytes[length++] = 0x80 | (point & 0x3f);
    }
  }
  return length;
}

/** What `encodeTerm` wrote, between two offsets. */
export function decodeTerm(bytes: Uint8Array, start: number, end: number): string {
  let term = '';
  for (let i = start; i < end; ) {
    const first = bytes[i];
    if (first < 0x80) {
      term += String.fromCharCode(first);
      i += 1;
    } else if (first < 0xe0) {
      term += String.fromCharCode(((first & 0x1f) << 6) | (bytes[i + 1] & 0x3f));
      i += 2;
    } else if (first < 0xf0) {
      term += String.fromCharCode(((first & 0x0f) << 12) | ((bytes[i + 1] & 0x3f) << 6) | (bytes[i + 2] & 0x3f));
      i += 3;
    } else {
      const point = ((first & 0x07) << 18) | ((bytes[i + 1] & 0x3f) << 12) | ((bytes[i + 2] & 0x3f) << 6);
      term += String.fromCodePoint(point | (bytes[i + 3] & 0x3f));
      i += 4;
    }
  }
  return term;
}

/** The code points of what `encodeTerm` wrote, added behind those that are there. */
export function decodePoints(bytes: Uint8Array, start: number, end: number, into: GrowingArray): void {
  for (let i = start; i < end; ) {
    const first = bytes[i];
    if (first < 0x80) {
      into.push(first);
      i += 1;
    } else if (first < 0xe0) {
      into.push(((first & 0x1f) << 6) | (bytes[i + 1] & 0x3f));
      i += 2;
    } else if (first < 0xf0) {
      into.push(((first & 0x0f) << 12) | ((bytes[i + 1] & 0x3f) << 6) | (bytes[i + 2] & 0x3f));
      i += 3;
    } else {
      const point = ((first & 0x07) << 18) | ((bytes[i + 1] & 0x3f) << 12) | ((bytes[i + 2] & 0x3f) << 6);
      into.push(point | (bytes[i + 3] & 0x3f));
      i += 4;
    }
  }
}

/** Below 0, 0 or above 0, as the first bytes of `a` stand before, at or behind the bytes of `b` from `start` to `end`. */
export function compareBytes(a: Uint8Array, bytes: number, b: Uint8Array, start: number, end: number): number {
  const length = Math.min(bytes, end - start);
  for (let i = 0; i < length; i++) {
    const difference = a[i] - b[start + i];
    if (difference !== 0) return difference;
  }
  return bytes - (end - start);
}

/** Sorts terms in the order of their bytes. @returns a new array */
export function sortTerms(terms: Iterable<string>): string[] {
  const sorted = [...terms].sort(); // by UTF-16 unit: the same order where there are no surrogates
  if (!sorted.some(term => /[\ud800-\udfff]/.test(term))) return sorted;
  const encoded = sorted.map(term => ({ term, bytes: encodeTerm(term) }));
  return encoded.sort((a, b) => Buffer.compare(a.bytes, b.bytes)).map(({ term }) => term);
}
