import { GrowingArray } from './growing-array.js';

/** Pieces of a generation. */
const mostPieces = 2 ** 17;

/** What the analysis made of a piece of a text: numbers of its terms, with their positions in it, and of its words as they are written. */
export interface PieceTerms {
  /** words, with those that were dropped: positions go on from there */
  readonly words: number;
  /** positions that hold a term */
  readonly length: number;
  readonly terms: GrowingArray;
  readonly positions: GrowingArray;
  /** each once or several times */
  readonly written: GrowingArray;
}

/** Numbers of a record before its terms: words, length, and how many terms and written words there are. */
export const pieceHead = 4;
/** Before its characters, two a number: the hash, and how many characters there are. */
const prefix = 2;

/** Pieces that came within some time. What is known of one lies in one place, so that finding it takes few reads of memory. */
class Generation {
  /** where in `numbers` the hashes of pieces lie, plus one; by hash, 0 = none */
  private slots = new Uint32Array(2 ** 10);
  /** records: prefix, characters, head, terms, positions, words as they are written */
  readonly numbers = new GrowingArray();
  count = 0;

  /** @param hash  of the piece from start to end @returns where its head is in `numbers`; -1 = it is not known */
  find(text: string, start: number, end: number, hash: number): number {
    const { slots } = this;
    const { data } = this.numbers;
    const length = end - start;
    for (let slot = this.slotOf(hash); slots[slot] !== 0; slot = (slot + 1) & (slots.length - 1)) {
      const record = slots[slot] - 1;
      if (data[record] !== hash >>> 0 || data[record + 1] !== length) continue;
      let [at, i] = [record + prefix, start];
      while (i + 1 < end && data[at] === (text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16)) >>> 0) {
        at++;
        i += 2;
      }
      if (i === end) return at;
      if (i + 1 === end && data[at] === text.charCodeAt(i)) return at + 1;
    }
    return -1;
  }

  /** @returns where its head is to be in `numbers` */
  begin(text: string, start: number, end: number, hash: number): number {
    this.place(hash, this.numbers.length + 1);
    const { numbers } = this;
    numbers.push(hash);
    numbers.push(end - start);
    for (let i = start; i < end; i += 2)
      numbers.push(text.charCodeAt(i) | (i + 1 < end ? text.charCodeAt(i + 1) << 16 : 0));
    return numbers.length;
  }

  clear(): void {
    this.slots.fill(0);
    this.numbers.length = 0;
    this.count = 0;
  }

  private slotOf(hash: number): number {
    return (hash ^ (hash >>> 16)) & (this.slots.length - 1);
  }

  private place(hash: number, value: number): void {
    this.count++;
    if (2 * this.count > this.slots.length) this.grow();
    this.put(hash, value);
  }

  private put(hash: number, value: number): void {
    const { slots } = this;
    let slot = this.slotOf(hash);
    while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
    slots[slot] = value;
  }

  private grow(): void {
    const before = this.slots;
    this.slots = new Uint32Array(2 * before.length);
    for (const value of before) if (value !== 0) this.put(this.numbers.data[value - 1] | 0, value);
  }
}

/**
 * What is known of pieces of texts, found by their characters where they stand: no string is made of a piece that is known. All lies in a few arrays,
 * which costs the garbage collector nothing. Text that is made to fill it cannot: what is not met while the younger of two generations fills is forgotten.
 */
export class PieceTable {
  private younger = new Generation();
  private older = new Generation();

  /** What is known of pieces, at the places that `find` and `add` give: words, length, count of terms and of written words, then these: terms, positions, written words. */
  get numbers(): Uint32Array {
    return this.younger.numbers.data;
  }

  /** @param hash  int32, of the piece from start to end @returns its place in `numbers`, until a piece is found or added; -1 = it is not known */
  find(text: string, start: number, end: number, hash: number): number {
    const known = this.younger.find(text, start, end, hash);
    if (known >= 0) return known;
    this.makeRoom();
    const { younger, older } = this;
    const old = older.find(text, start, end, hash);
    if (old < 0) return -1;
    const at = younger.begin(text, start, end, hash);
    const { data } = older.numbers;
    const size = pieceHead + 2 * data[old + 2] + data[old + 3];
    for (let i = old; i < old + size; i++) younger.numbers.push(data[i]);
    return at;
  }

  /** @returns the place of the piece, which is not known yet, in `numbers` */
  add(text: string, start: number, end: number, hash: number, known: PieceTerms): number {
    this.makeRoom();
    const { words, length, terms, positions, written } = known;
    const { younger } = this;
    const at = younger.begin(text, start, end, hash);
    const { numbers } = younger;
    for (const number of [words, length, terms.length, written.length]) numbers.push(number);
    for (const list of [terms, positions, written]) for (let i = 0; i < list.length; i++) numbers.push(list.data[i]);
    return at;
  }

  private makeRoom(): void {
    if (this.younger.count < mostPieces) return;
    [this.younger, this.older] = [this.older, this.younger];
    this.younger.clear();
  }
}
