import { GrowingArray } from './growing-array.js';
import { GrowingBytes, NumberReader } from './growing-bytes.js';
import { compareBytes, decodeTerm, encodeTerm } from './term-bytes.js';

/**
 * The written words of a segment in the order of their bytes, those of `keptWord`. In blocks of 32: of each word how many bytes it shares with the one before
 * it (none with that before the block) and how many follow, in halves of one byte where both are below 15, else 255 and two numbers; these bytes; the number
 * of a term that its documents hold for it, as the zigzag distance from that of the word before (from 0 in the first one of a block); how many
 * documents write it so. A word whose documents hold several such terms comes once for each.
 */
export interface WordArrays {
  readonly words: Uint8Array;
  /** by block: where it begins, and the most documents that a word of it has */
  readonly wordBlocks: Uint32Array;
}

/** What the head of a segment says that has them; absent where it was written before that, or put together with such a one. */
export const wordsVersion = 1;

const blockSize = 32;
/** Lengths below share a byte; 255 in its place says that two numbers follow. */
const inOneByte = 15;
const inMore = 255;

export interface KeptWord {
  /** see keptWord */
  readonly bytes: Uint8Array;
  /** number of the term */
  readonly ordinal: number;
  /** that write the word and hold the term for it */
  readonly documents: number;
}

/** Between the key of a word and the word, where the two differ; it stands before all that a key holds. */
const between = '\0';

/** A word with one of its keys, as it is kept. */
export const keptWord = (key: string, form: string): Uint8Array => encodeTerm(keyedWord(key, form));

/** The same before it is encoded. */
export const keyedWord = (key: string, form: string): string => (key === form ? form : key + between + form);

export const inOrder = (a: KeptWord, b: KeptWord): number =>
  compareBytes(a.bytes, a.bytes.length, b.bytes, 0, b.bytes.length) || a.ordinal - b.ordinal;

/** Words that are packed in one go. */
const packedAtOnce = 2 ** 12;

/** @param kept  in their order, none twice with the same term @yields units of work (src/search/turns.ts) */
export function* packingWords(kept: Iterable<KeptWord>): Generator<number, WordArrays> {
  const packer = wordPacker();
  let packed = 0;
  for (const word of kept) {
    if (++packed % packedAtOnce === 0) yield packedAtOnce;
    packer.add(word);
  }
  return packer.arrays();
}

/** Packs words that come in their order. */
function wordPacker(): { add(word: KeptWord): void; arrays(): WordArrays } {
  const words = new GrowingBytes();
  const blocks = new GrowingArray();
  let before: KeptWord | undefined;
  let place = 0;
  return {
    add: word => {
      const begins = place++ % blockSize === 0;
      if (begins) {
        blocks.push(words.length);
        blocks.push(0);
        before = undefined;
      }
      const { bytes, ordinal, documents } = word;
      const shared = before === undefined ? 0 : sharedBytes(before.bytes, bytes);
      const more = bytes.length - shared;
      if (shared < inOneByte && more < inOneByte) words.push((shared << 4) | more);
      else {
        words.push(inMore);
        words.pushNumber(shared);
        words.pushNumber(more);
      }
      words.pushFrom(bytes, shared, bytes.length);
      const distance = ordinal - (before?.ordinal ?? 0);
      words.pushNumber(distance < 0 ? -2 * distance - 1 : 2 * distance);
      words.pushNumber(documents);
      const most = blocks.length - 1;
      blocks.data[most] = Math.max(blocks.data[most], documents);
      before = word;
    },
    arrays: () => ({ words: words.used, wordBlocks: blocks.used }),
  };
}

function sharedBytes(a: Uint8Array, b: Uint8Array): number {
  let shared = 0;
  while (shared < a.length && shared < b.length && a[shared] === b[shared]) shared++;
  return shared;
}

/** Walks over the words of a segment; what it says of one is gone when it goes on. */
export class WordCursor {
  /** its first `length` bytes are those of `keptWord` */
  bytes: Uint8Array = new Uint8Array(64);
  length = 0;
  ordinal = 0;
  documents = 0;
  /** number of the word, counted through all blocks */
  place = -1;
  private readonly reader: NumberReader;

  constructor(private readonly arrays: WordArrays) {
    this.reader = new NumberReader(arrays.words);
  }

  get blocks(): number {
    return this.arrays.wordBlocks.length / 2;
  }

  /** Words of all blocks, those that the last one has no more counted too. */
  get count(): number {
    return this.blocks * blockSize;
  }

  /** The most documents of a word in a block. */
  mostIn(block: number): number {
    return this.arrays.wordBlocks[2 * block + 1];
  }

  /** Stands before the first word of a block, as `next` then finds it. */
  open(block: number): void {
    this.place = block * blockSize - 1;
    this.reader.at = this.arrays.wordBlocks[2 * block] ?? this.arrays.words.length;
  }

  /** @returns whether there was another word */
  next(): boolean {
    const { reader } = this;
    const { words } = this.arrays;
    if (reader.at >= words.length) return false;
    this.place++;
    const sizes = words[reader.at++];
    const shared = sizes === inMore ? reader.read() : sizes >>> 4;
    const more = sizes === inMore ? reader.read() : sizes & 15;
    this.length = shared + more;
    if (this.length > this.bytes.length) this.grow();
    this.bytes.set(words.subarray(reader.at, reader.at + more), shared);
    reader.at += more;
    const distance = reader.read();
    const before = this.place % blockSize === 0 ? 0 : this.ordinal;
    this.ordinal = before + (distance % 2 === 0 ? distance / 2 : -(distance + 1) / 2);
    this.documents = reader.read();
    return true;
  }

  /** The same within a block. */
  nextIn(block: number): boolean {
    return this.place + 1 < (block + 1) * blockSize && this.next();
  }

  /** Stands at a word by its number. */
  goTo(place: number): void {
    this.open(Math.floor(place / blockSize));
    while (this.place < place) this.next();
  }

  /** Where the key of the word ends in its bytes. */
  get keyEnd(): number {
    const end = this.bytes.indexOf(0);
    return end < 0 || end > this.length ? this.length : end;
  }

  get word(): string {
    const end = this.keyEnd;
    return decodeTerm(this.bytes, end === this.length ? 0 : end + 1, this.length);
  }

  private grow(): void {
    const larger = new Uint8Array(2 * this.length);
    larger.set(this.bytes);
    this.bytes = larger;
  }
}
