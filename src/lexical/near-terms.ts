import { editsWithin } from './edit-distance.js';
import { GrowingArray } from './growing-array.js';

/** Reads the code points of a term, by its number, into an empty array. */
export type ReadPoints = (ordinal: number, into: GrowingArray) => void;

/** Terms of one length: which characters each holds once, which twice, and its number. */
interface LengthGroup {
  readonly once: GrowingArray;
  readonly twice: GrowingArray;
  readonly ordinals: GrowingArray;
}

/**
 * Finds the terms within an edit distance of a word: a scan over 64 bits a term, in the groups of the lengths that can be reached, and the
 * distance itself for the few that are left. Bit `code point & 31` says in one half that such a character stands in the term, in the other
 * that there are two of them. An edit takes one character away and brings one at most, so it changes two of the 64 bits at most.
 * Terms are added one by one; 12 bytes a term, twice that while the arrays grow.
 */
export class NearTerms {
  /** by code points in a term */
  private readonly groups: (LengthGroup | undefined)[] = [];
  private readonly scratch = new GrowingArray();

  add(ordinal: number, points: GrowingArray): void {
    const { length } = points;
    this.groups[length] ??= { once: new GrowingArray(), twice: new GrowingArray(), ordinals: new GrowingArray() };
    const { once, twice, ordinals } = this.groups[length];
    once.push(heldOnce(points));
    twice.push(heldTwice(points));
    ordinals.push(ordinal);
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
    const { length, data: once } = group.once;
    const { data: twice } = group.twice;
    const { data: ordinals } = group.ordinals;
    const [wantedOnce, wantedTwice] = [heldOnce(wanted), heldTwice(wanted)];
    const most = 2 * distance;
    for (let i = 0; i < length; i++) {
      const changed = bitCount(once[i] ^ wantedOnce);
      if (changed > most || changed + bitCount(twice[i] ^ wantedTwice) > most) continue;
      scratch.length = 0;
      read(ordinals[i], scratch);
      if (editsWithin(wanted.data, wanted.length, scratch.data, scratch.length, distance)) found.push(ordinals[i]);
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

function heldOnce({ data, length }: GrowingArray): number {
  let held = 0;
  for (let i = 0; i < length; i++) held |= 1 << (data[i] & 31);
  return held;
}

function heldTwice({ data, length }: GrowingArray): number {
  let held = 0;
  let twice = 0;
  for (let i = 0; i < length; i++) {
    const bit = 1 << (data[i] & 31);
    twice |= held & bit;
    held |= bit;
  }
  return twice;
}

function bitCount(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
