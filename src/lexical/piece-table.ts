import { GrowingArray } from './growing-array.js';

/** Pieces of a generation. */
const mostPieces = 2 ** 17;

/** What the analysis made of a piece of a text: numbers of its terms, with their positions in it, and of its words as they are written. */
export interface PieceTerms {
  /** words, with those that were dropped: positions go on from there */
  readonly words: number;
  /** positions that hold a term */
  readonly length: number;
  readonly terms: ArrayLike<number>;
  readonly positions: ArrayLike<number>;
  readonly written: ArrayLike<number>;
}

/** Pieces that came within some time. */
class Generation {
  /** places of `pieces`, one more than them, by hash; 0 = none */
  private slots = new Uint32Array(2 ** 10);
  /** by piece: hash, end of its characters, end of its numbers */
  private readonly hashes = new GrowingArray();
  private readonly charEnds = new GrowingArray();
  private readonly ends = new GrowingArray();
  private readonly chars = new GrowingArray();
  /** of a piece: words, length, count of terms, terms, positions, and up to its end words as they are written */
  readonly numbers = new GrowingArray();

  get count(): number {
    return this.hashes.length;
  }

  /** @param hash  of the piece from start to end @returns number of the piece; -1 = it is not known */
  find(text: string, start: number, end: number, hash: number): number {
    const { slots, hashes, chars } = this;
    for (let slot = this.slotOf(hash); slots[slot] !== 0; slot = (slot + 1) & (slots.length - 1)) {
      const piece = slots[slot] - 1;
      if (hashes.data[piece] !== hash >>> 0) continue;
      const from = piece === 0 ? 0 : this.charEnds.data[piece - 1];
      const length = this.charEnds.data[piece] - from;
      if (length !== end - start) continue;
      let i = 0;
      while (i < length && chars.data[from + i] === text.charCodeAt(start + i)) i++;
      if (i === length) return piece;
    }
    return -1;
  }

  /** Where what is known of a piece begins and ends in `numbers`. */
  start(piece: number): number {
    return piece === 0 ? 0 : this.ends.data[piece - 1];
  }

  end(piece: number): number {
    return this.ends.data[piece];
  }

  /** Takes in a piece whose numbers were added. @returns its number */
  close(text: string, start: number, end: number, hash: number): number {
    for (let i = start; i < end; i++) this.chars.push(text.charCodeAt(i));
    this.charEnds.push(this.chars.length);
    this.ends.push(this.numbers.length);
    this.hashes.push(hash);
    if (2 * this.hashes.length > this.slots.length) this.grow();
    else this.place(this.hashes.length - 1);
    return this.hashes.length - 1;
  }

  clear(): void {
    this.slots.fill(0);
    for (const array of [this.hashes, this.charEnds, this.ends, this.chars, this.numbers]) array.length = 0;
  }

  private slotOf(hash: number): number {
    return (hash ^ (hash >>> 16)) & (this.slots.length - 1);
  }

  private place(piece: number): void {
    const { slots } = this;
    let slot = this.slotOf(this.hashes.data[piece]);
    while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
    slots[slot] = piece + 1;
  }

  private grow(): void {
    this.slots = new Uint32Array(2 * this.slots.length);
    for (let piece = 0; piece < this.hashes.length; piece++) this.place(piece);
  }
}

/**
 * What is known of pieces of texts, found by their characters where they stand: no string is made of a piece that is known. All lies in a few arrays,
 * which costs the garbage collector nothing. Text that is made to fill it cannot: what is not met while the younger of two generations fills is forgotten.
 */
export class PieceTable {
  private younger = new Generation();
  private older = new Generation();

  /** See Generation; the numbers of pieces that were found hold until one is found or added. */
  get numbers(): GrowingArray {
    return this.younger.numbers;
  }

  /** @param hash  of the piece from start to end @returns number of the piece; -1 = it is not known */
  find(text: string, start: number, end: number, hash: number): number {
    const known = this.younger.find(text, start, end, hash);
    if (known >= 0) return known;
    this.makeRoom();
    const { younger, older } = this;
    const old = older.find(text, start, end, hash);
    if (old < 0) return -1;
    const { data } = older.numbers;
    for (let i = older.start(old); i < older.end(old); i++) younger.numbers.push(data[i]);
    return younger.close(text, start, end, hash);
  }

  /** Where what is known of a piece begins and ends in `numbers`. */
  start(piece: number): number {
    return this.younger.start(piece);
  }

  end(piece: number): number {
    return this.younger.end(piece);
  }

  /** @returns number of the piece, which is not known yet */
  add(text: string, start: number, end: number, hash: number, known: PieceTerms): number {
    this.makeRoom();
    const { words, length, terms, positions, written } = known;
    const { numbers } = this.younger;
    for (const number of [words, length, terms.length]) numbers.push(number);
    for (const list of [terms, positions, written]) for (let i = 0; i < list.length; i++) numbers.push(list[i]);
    return this.younger.close(text, start, end, hash);
  }

  private makeRoom(): void {
    if (this.younger.count < mostPieces) return;
    [this.younger, this.older] = [this.older, this.younger];
    this.younger.clear();
  }
}
