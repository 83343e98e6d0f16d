import { bitsOf, blockSize, packBlock, packedWords } from './bit-packing.js';
import { GrowingArray } from './growing-array.js';
import { GrowingBytes } from './growing-bytes.js';
import { ImpactSet, impactWords } from './impacts.js';
import { readBehind, writeStretch } from './position-stretch.js';

/** Highest frequency that a posting holds; occurrences beyond it are not kept. */
export const maxFrequency = 2 ** 24 - 1;

/** Writes posting lists, one after the other, each in rising order of documents, fields rising within a document. */
export class PostingWriter {
  readonly entries = new GrowingBytes();
  readonly blocks = new GrowingArray();
  readonly blockLast = new GrowingArray();
  readonly blockStarts = new GrowingArray();
  readonly blockPositions = new GrowingArray();
  readonly blockImpacts = new GrowingArray();
  readonly impacts = new GrowingArray();
  readonly listImpacts = new GrowingArray();
  private readonly positions = new GrowingBytes();
  /** of the block being filled: by document and field the first position, then the distances */
  private readonly steps = new GrowingArray();
  /** postings of all lists */
  postings = 0;

  private df = 0;
  private firstBlock = 0;
  /** documents of the block being filled, and the last one before it */
  private count = 0;
  private previous = -1;
  private readonly documents = new Uint32Array(blockSize);
  /** by field, then place in the block */
  private readonly frequencies: Uint32Array;
  private readonly blockSet: ImpactSet;
  private readonly listSet: ImpactSet;
  private readonly packed = new Uint32Array(blockSize);

  /** @param fieldLength  terms in a field of a document */
  constructor(
    private readonly fieldCount: number,
    private readonly fieldLength: (field: number, doc: number) => number,
  ) {
    this.frequencies = new Uint32Array(fieldCount * blockSize);
    this.blockSet = new ImpactSet(fieldCount);
    this.listSet = new ImpactSet(fieldCount);
  }

  startList(): void {
    this.df = 0;
    this.firstBlock = this.blockLast.length;
    this.previous = -1;
    this.listSet.clear();
    this.startBlock();
  }

  /** The occurrences of the term in one field of a document: `count` positions from `from` on, rising. */
  add(doc: number, field: number, positions: ArrayLike<number>, from: number, count: number): void {
    if (this.count === 0 || this.documents[this.count - 1] !== doc) {
      if (this.count === blockSize) this.endBlock();
      this.documents[this.count++] = doc;
      this.df++;
    }
    this.frequencies[field * blockSize + this.count - 1] = count;
    let last = 0;
    for (let i = from; i < from + count; i++) {
      this.steps.push(positions[i] - last);
      last = positions[i];
    }
  }

  /** @returns where the entry of the list ends */
  endList(): number {
    if (this.count === blockSize) this.endBlock();
    this.postings += this.df;
    const { entries } = this;
    entries.pushNumber(this.df);
    if (this.df >= blockSize) {
      this.noteImpacts();
      const words = this.listSet.words();
      entries.pushNumber(this.firstBlock);
      entries.pushNumber(this.listImpacts.length / impactWords);
      entries.pushNumber(words.length / impactWords);
      for (const word of words) this.listImpacts.push(word);
    }
    entries.pushNumber(this.positions.length);
    if (this.count > 0) this.writeTail();
    writeStretch(this.steps, this.positions);
    return entries.length;
  }

  /** The positions of all lists, which are whole. */
  endPositions(): Uint8Array {
    for (let i = 0; i < readBehind; i++) this.positions.push(0);
    return this.positions.used;
  }

  private startBlock(): void {
    for (let field = 0; field < this.fieldCount; field++) {
      this.frequencies.fill(0, field * blockSize, field * blockSize + this.count);
    }
    this.count = 0;
    this.steps.length = 0;
  }

  private endBlock(): void {
    const last = this.documents[blockSize - 1];
    this.noteImpacts();
    for (const word of this.blockSet.words()) this.impacts.push(word);
    this.blockLast.push(last);
    this.blockStarts.push(this.blocks.length);
    this.blockPositions.push(this.positions.length);
    writeStretch(this.steps, this.positions);
    this.blockImpacts.push(this.impacts.length / impactWords);
    const fields = this.fieldsInUse();
    const distances = this.distances();
    let all = 0;
    for (let i = 0; i < blockSize; i++) all |= distances[i];
    const bits = bitsOf(all);
    this.blocks.push(bits | (fields.length << 8));
    const widths = fields.map(field => {
      const values = this.frequencies.subarray(field * blockSize, (field + 1) * blockSize);
      let least = values[0];
      for (let i = 1; i < blockSize; i++) if (values[i] < least) least = values[i];
      let all = 0;
      for (let i = 0; i < blockSize; i++) {
        values[i] -= least;
        all |= values[i];
      }
      const width = bitsOf(all);
      this.blocks.push(field | (width << 8));
      this.blocks.push(least);
      return width;
    });
    this.pack(distances, bits);
    fields.forEach((field, i) => {
      this.pack(this.frequencies.subarray(field * blockSize, (field + 1) * blockSize), widths[i]);
    });
    this.previous = last;
    this.startBlock();
  }

  /** Impacts of what is in the block, for it and for the list. */
  private noteImpacts(): void {
    const { documents, frequencies, blockSet } = this;
    blockSet.clear();
    for (let field = 0; field < this.fieldCount; field++) {
      for (let i = 0; i < this.count; i++) {
        const frequency = frequencies[field * blockSize + i];
        if (frequency > 0) blockSet.add(field, frequency, this.fieldLength(field, documents[i]));
      }
    }
    this.listSet.addAll(blockSet);
  }

  private pack(values: Uint32Array, bits: number): void {
    const words = packedWords(bits);
    this.blocks.reserve(words);
    packBlock(values, bits, this.blocks.data, this.blocks.length);
    this.blocks.length += words;
  }

  private distances(): Uint32Array {
    let last = this.previous;
    for (let i = 0; i < this.count; i++) {
      this.packed[i] = this.documents[i] - last - 1;
      last = this.documents[i];
    }
    return this.packed;
  }

  private fieldsInUse(): number[] {
    const fields: number[] = [];
    for (let field = 0; field < this.fieldCount; field++) {
      for (let i = 0; i < this.count; i++) {
        if (this.frequencies[field * blockSize + i] === 0) continue;
        fields.push(field);
        break;
      }
    }
    return fields;
  }

  private writeTail(): void {
    const { entries, frequencies, count } = this;
    const usual = this.usualField();
    entries.push(usual);
    const distances = this.distances();
    for (let i = 0; i < count; i++) {
      let fields = 0;
      for (let field = 0; field < this.fieldCount; field++) if (frequencies[field * blockSize + i] > 0) fields++;
      const simple = fields === 1 && frequencies[usual * blockSize + i] === 1;
      entries.pushNumber(distances[i] * 2 + (simple ? 1 : 0));
      if (simple) continue;
      entries.pushNumber(fields);
      for (let field = 0; field < this.fieldCount; field++) {
        const frequency = frequencies[field * blockSize + i];
        if (frequency === 0) continue;
        entries.push(field);
        entries.pushNumber(frequency);
      }
    }
  }

  private usualField(): number {
    let [best, most] = [0, -1];
    for (let field = 0; field < this.fieldCount; field++) {
      let held = 0;
      for (let i = 0; i < this.count; i++) if (this.frequencies[field * blockSize + i] === 1) held++;
      if (held > most) [best, most] = [field, held];
    }
    return best;
  }
}
