import { editsWithin } from './edit-distance.js';
import { GrowingArray } from './growing-array.js';

/** Reads the code points of a term, by its number, into an empty array. */
export type ReadPoints = (ordinal: number, into: GrowingArray) => void;

/** Terms of one length: what is known of their letters, and their numbers. */
interface LengthGroup {
  readonly signatures: GrowingArray;
  readonly ordinals: GrowingArray;
}

/**
 * Finds the terms within an edit distance of a word: a scan over 32 bits a term, in the groups of the lengths that can be reached, and the
 * distance itself for the few that are left. Bit `code point & 31` of a signature says that such a character stands in the term, so that an
 * edit changes two bits at most (a character goes, another one comes). Terms are added one by one; 8 bytes a term, twice that while the
 * arrays grow.
 */
export class NearTerms {
  /** by code points in a term */
  private readonly groups: (LengthGroup | undefined)[] = [];
  private readonly scratch = new GrowingArray();

  add(ordinal: number, points: GrowingArray): void {
    const { length } = points;
    this.groups[length] ??= { signatures: new GrowingArray(), ordinals: new GrowingArray() };
    this.groups[length].signatures.push(signatureOf(points));
    this.groups[length].ordinals.push(ordinal);
  }

  /**
   * @param distance  0, 1 or 2
   * @returns numbers of the terms in no order
   */
  find(wanted: string, distance: number, read: ReadPoints): number[] {
    const points = pointsOf(wanted);
    const found: number[] = [];
    for (let length = Math.max(0, points.length - distance); length <= points.length + distance; length++) {
      const group = this.groups[length];
      if (group !== undefined) this.scan(group, points, distance, read, found);
    }
    return found;
  }

  private scan(group: LengthGroup, wanted: GrowingArray, distance: number, read: ReadPoints, found: number[]): void {
    const { scratch } = this;
    const { length, data: signatures } = group.signatures;
    const { data: ordinals } = group.ordinals;
    const signature = signatureOf(wanted);
    for (let i = 0; i < length; i++) {
      if (bitCount(signatures[i] ^ signature) > 2 * distance) continue;
      scratch.length = 0;
      read(ordinals[i], scratch);
      if (editsWithin(wanted.used, scratch.used, distance)) found.push(ordinals[i]);
    }
  }
}

/** The code points of a word; half of a surrogate pair is one. */
export function pointsOf(word: string, into: GrowingArray = new GrowingArray()): GrowingArray {
  for (let i = 0; i < word.length; i++) {
    const point = word.codePointAt(i) as number;
    if (point > 0xffff) i++;
    into.push(point);
  }
  return into;
}

function signatureOf({ data, length }: GrowingArray): number {
  let signature = 0;
  for (let i = 0; i < length; i++) signature |= 1 << (data[i] & 31);
  return signature >>> 0;
}

function bitCount(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
