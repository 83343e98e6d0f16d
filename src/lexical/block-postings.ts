import { blockSize, packedWords, unpackBlock, unpackRising } from './bit-packing.js';
import { NumberReader } from './growing-bytes.js';
import { StretchReader } from './position-stretch.js';
import type { SegmentArrays } from './segment-file.js';
import { noMoreDocuments, type PostingIterator } from './segment-reader.js';

/** Fewer may have so few positions that these are not packed. */
const fewDocuments = 8;

/** Room behind the documents of a block, so that a search in steps of 8 may look past its end. */
const lookAhead = 8;

/**
 * The postings of one term in an immutable segment, unpacked a block of at most 128 documents at a time: documents when a block is
 * entered, frequencies when they are asked for. Can be used for one term after the other.
 */
export class BlockPostings implements PostingIterator {
  doc = -1;
  /** documents that hold the term, removed ones too */
  df = 0;
  /** whole blocks, and where the first one stands among the blocks of the segment */
  blockCount = 0;
  firstBlock = 0;
  /** impacts of the whole list in `listImpacts`, in pairs; none where there is no whole block */
  impactStart = 0;
  impactCount = 0;
  /** the block entered, from 0, `blockCount` = the tail; -1 before the first */
  block = -1;
  /** documents of the block, `noMoreDocuments` behind them */
  readonly documents = new Uint32Array(blockSize + lookAhead).fill(noMoreDocuments);
  count = 0;
  /** place of `doc` in the block */
  place = -1;
  /** fields in the block, and frequencies by place in that list, then place in the block */
  fieldsInBlock = 0;
  readonly fields: Uint8Array;
  readonly frequencies: Uint32Array;

  private frequenciesRead = false;
  private readonly entry: NumberReader;
  private tailStart = 0;
  private tailPositions = 0;
  private readonly positionReader: StretchReader;
  /** a place of the block, and how many positions those before it have; -1 = its stretch is not open */
  private positionsPlace = -1;
  private positionsBefore = 0;

  constructor(
    readonly arrays: SegmentArrays,
    fieldCount: number,
  ) {
    this.fields = new Uint8Array(fieldCount);
    this.frequencies = new Uint32Array(fieldCount * blockSize);
    this.entry = new NumberReader(arrays.entries);
    const packs = arrays.positions.length === 0;
    this.positionReader = new StretchReader(packs ? arrays.packedPositions : arrays.positions, packs);
  }

  /** Stands before the first posting of a term. @param ordinal  number of the term in the segment */
  open(ordinal: number): void {
    const { entry, arrays } = this;
    entry.at = ordinal === 0 ? 0 : arrays.entryEnds[ordinal - 1];
    this.df = entry.read();
    this.blockCount = this.df >>> 7;
    if (this.blockCount > 0) {
      this.firstBlock = entry.read();
      this.impactStart = entry.read();
      this.impactCount = entry.read();
    }
    this.tailPositions = entry.read();
    this.tailStart = entry.at;
    this.doc = -1;
    this.block = -1;
    this.count = 0;
    this.place = -1;
  }

  next(): number {
    this.place++;
    if (this.place >= this.count && !this.enter(this.block + 1)) return this.end();
    this.doc = this.documents[this.place];
    return this.doc;
  }

  advance(target: number): number {
    if (this.doc >= target) return this.doc;
    if (!this.seekBlock(target)) return this.end();
    this.seekInBlock(target);
    if (this.place === this.count) return this.end(); // only in the tail: a whole block says which document is its last
    this.doc = this.documents[this.place];
    return this.doc;
  }

  frequency(field: number): number {
    this.readFrequencies();
    for (let i = 0; i < this.fieldsInBlock; i++) {
      if (this.fields[i] === field) return this.frequencies[i * blockSize + this.place];
    }
    return 0;
  }

  positions(field: number): readonly number[] {
    this.readFrequencies();
    let at = this.positionsStart();
    for (let i = 0; i < this.fieldsInBlock && this.fields[i] < field; i++) {
      at += this.frequencies[i * blockSize + this.place];
    }
    const positions: number[] = [];
    let last = 0;
    for (let left = this.frequency(field); left > 0; left--) {
      last += this.positionReader.at(at++);
      positions.push(last);
    }
    return positions;
  }

  /** The last document of a whole block. */
  lastOf(block: number): number {
    return this.arrays.blockLast[this.firstBlock + block];
  }

  /** The block that a document would be in: the first from the present one on that does not end before it; the tail where all do. */
  blockOf(target: number): number {
    const { arrays, firstBlock, blockCount } = this;
    const last = arrays.blockLast;
    let low = Math.max(this.block, 0);
    let step = 1;
    let high = low;
    while (high < blockCount && last[firstBlock + high] < target) {
      low = high + 1;
      high += step;
      step *= 2;
    }
    if (high > blockCount) high = blockCount;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (last[firstBlock + middle] < target) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Enters the block that a document would be in; its documents may all stand before the target where it is the tail. */
  seekBlock(target: number): boolean {
    const block = this.blockOf(target);
    return block === this.block || this.enter(block);
  }

  /** Moves within the block to the first document from the target on, or to its end. */
  seekInBlock(target: number): void {
    const { documents } = this;
    let place = Math.max(this.place, 0);
    while (place + lookAhead < this.count && documents[place + lookAhead] < target) place += lookAhead;
    while (documents[place] < target) place++;
    this.place = place;
  }

  /** Unpacks a block and stands on its first document. @returns whether there is such a block */
  enter(block: number): boolean {
    if (block > this.blockCount || (block === this.blockCount && (this.df & (blockSize - 1)) === 0)) return false;
    this.block = block;
    this.place = 0;
    this.positionsPlace = -1;
    if (block === this.blockCount) this.readTail();
    else {
      const { blocks, blockStarts } = this.arrays;
      const start = blockStarts[this.firstBlock + block];
      const fields = blocks[start] >>> 8;
      const previous = block === 0 ? -1 : this.lastOf(block - 1);
      unpackRising(blocks, start + 1 + 2 * fields, blocks[start] & 0xff, previous, this.documents);
      this.count = blockSize;
      this.frequenciesRead = false;
    }
    return true;
  }

  /** Makes `fields` and `frequencies` those of the block. */
  readFrequencies(): void {
    if (this.frequenciesRead) return;
    this.frequenciesRead = true;
    const { blocks, blockStarts } = this.arrays;
    const start = blockStarts[this.firstBlock + this.block];
    this.fieldsInBlock = blocks[start] >>> 8;
    let at = start + 1 + 2 * this.fieldsInBlock + packedWords(blocks[start] & 0xff);
    for (let i = 0; i < this.fieldsInBlock; i++) {
      const shape = blocks[start + 1 + 2 * i];
      const bits = shape >>> 8;
      this.fields[i] = shape & 0xff;
      const into = i === 0 ? this.frequencies : this.frequencies.subarray(i * blockSize, (i + 1) * blockSize);
      unpackBlock(blocks, at, bits, blocks[start + 2 + 2 * i], into);
      at += packedWords(bits);
    }
  }

  private end(): number {
    this.place = this.count;
    this.block = this.blockCount + 1;
    this.doc = noMoreDocuments;
    return this.doc;
  }

  private readTail(): void {
    const { entry, documents, frequencies, fields } = this;
    const count = this.df & (blockSize - 1);
    entry.at = this.tailStart;
    const usual = entry.bytes[entry.at++];
    let doc = this.blockCount === 0 ? -1 : this.lastOf(this.blockCount - 1);
    fields[0] = usual;
    this.fieldsInBlock = 1;
    frequencies.fill(0);
    let mixed = false;
    for (let i = 0; i < count; i++) {
      const coded = entry.read();
      doc += (coded >>> 1) + 1;
      documents[i] = doc;
      if ((coded & 1) === 1) frequencies[i] = 1;
      else {
        for (let left = entry.read(); left > 0; left--) {
          const field = entry.bytes[entry.at++];
          frequencies[this.slotOf(field) * blockSize + i] = entry.read();
        }
        mixed = true;
      }
    }
    if (mixed) this.orderFields();
    for (let i = count; i < count + lookAhead; i++) documents[i] = noMoreDocuments;
    this.count = count;
    this.frequenciesRead = true;
  }

  /** The place of a field in the list of the block's fields; a new one at its end. */
  private slotOf(field: number): number {
    for (let i = 0; i < this.fieldsInBlock; i++) if (this.fields[i] === field) return i;
    this.fields[this.fieldsInBlock] = field;
    return this.fieldsInBlock++;
  }

  /** Sums over fields and the order of positions go by rising field. */
  private orderFields(): void {
    const { fields, frequencies } = this;
    for (let i = 1; i < this.fieldsInBlock; i++) {
      for (let j = i; j > 0 && fields[j - 1] > fields[j]; j--) {
        const field = fields[j];
        fields[j] = fields[j - 1];
        fields[j - 1] = field;
        const [a, b] = [(j - 1) * blockSize, j * blockSize];
        const kept = frequencies.slice(a, b);
        frequencies.copyWithin(a, b, b + blockSize);
        frequencies.set(kept, b);
      }
    }
  }

  /** Where the positions of the present document begin in the stretch of its block. */
  private positionsStart(): number {
    if (this.positionsPlace < 0 || this.positionsPlace > this.place) {
      const inTail = this.block === this.blockCount;
      const start = inTail ? this.tailPositions : this.arrays.blockPositions[this.firstBlock + this.block];
      // of eight documents at least there are as many positions, and that is all that counts
      this.positionReader.open(start, this.count >= fewDocuments ? this.count : this.occurrencesBetween(0, this.count));
      this.positionsPlace = 0;
      this.positionsBefore = 0;
    }
    this.positionsBefore += this.occurrencesBetween(this.positionsPlace, this.place);
    this.positionsPlace = this.place;
    return this.positionsBefore;
  }

  /** @returns occurrences in the documents of the block from one place up to another */
  private occurrencesBetween(from: number, to: number): number {
    let occurrences = 0;
    for (let i = 0; i < this.fieldsInBlock; i++) {
      for (let place = from; place < to; place++) occurrences += this.frequencies[i * blockSize + place];
    }
    return occurrences;
  }
}
