import { type BitSet, eachBit, hasBit, setBit } from '../math/bit-set.js';
import { type DocumentSet, lowerBound } from './document-set.js';

/** Values, or ordinals of values, in the order of their documents and rising within one. */
export type Keys = Float64Array | Uint8Array | Uint16Array | Uint32Array;

export interface ValueArrays {
  readonly docs: DocumentSet;
  /** one for each value of each document */
  readonly keys: Keys;
  /** by row: where its values end; absent where no document has several */
  readonly ends?: Uint32Array;
  /** by rising value: the document, or the place of the value where documents have several */
  readonly order: Uint32Array;
  /** by place of a value: its document; absent where no document has several */
  readonly owners?: Uint32Array;
}

/** What looking for both ends of a stretch takes, about. */
const searchSteps = 64;

/** One kind of values under one path in an immutable segment. */
export class ValueColumn {
  constructor(readonly arrays: ValueArrays) {}

  /** NaN where the document has none. */
  least(doc: number): number {
    const { docs, ends, keys } = this.arrays;
    const row = docs.row(doc);
    if (row < 0) return Number.NaN;
    return keys[ends === undefined ? row : row === 0 ? 0 : ends[row - 1]];
  }

  greatest(doc: number): number {
    const { docs, ends, keys } = this.arrays;
    const row = docs.row(doc);
    if (row < 0) return Number.NaN;
    return keys[ends === undefined ? row : ends[row] - 1];
  }

  values(doc: number): readonly number[] {
    const { docs, ends, keys } = this.arrays;
    const row = docs.row(doc);
    if (row < 0) return [];
    return ends === undefined ? [keys[row]] : Array.from(keys.subarray(row === 0 ? 0 : ends[row - 1], ends[row]));
  }

  /** Visits the values of the documents of a set. */
  each(bits: BitSet, visit: (value: number, doc: number) => void): void {
    const { docs, ends, keys } = this.arrays;
    eachBit(bits, doc => {
      const row = docs.row(doc);
      if (row < 0) return;
      if (ends === undefined) visit(keys[row], doc);
      else for (let place = row === 0 ? 0 : ends[row - 1]; place < ends[row]; place++) visit(keys[place], doc);
    });
  }

  /** Adds the documents that have a value in [min, max]: binary search for both ends, then only those between. */
  addRange(bits: BitSet, min: number, max: number): void {
    const { order, owners } = this.arrays;
    const from = this.firstNotBelow(min);
    const to = this.firstAbove(max);
    for (let i = from; i < to; i++) setBit(bits, owners === undefined ? order[i] : owners[order[i]]);
  }

  /** Adds the documents whose keys are marked, of keys that are ordinals: stretch by stretch, or all at once where these are many. */
  addKeys(bits: BitSet, marks: BitSet): void {
    const { keys } = this.arrays;
    const stretches: [number, number][] = [];
    eachBit(marks, key => {
      const last = stretches.at(-1);
      if (last?.[1] === key - 1) last[1] = key;
      else stretches.push([key, key]);
    });
    if (stretches.length * searchSteps < keys.length) {
      for (const [min, max] of stretches) this.addRange(bits, min, max);
      return;
    }
    this.eachPlace((doc, place) => {
      if (hasBit(marks, keys[place])) setBit(bits, doc);
    });
  }

  /** Visits the values in [min, max] by their document and their place in `keys`. */
  eachInRange(min: number, max: number, visit: (doc: number, place: number) => void): void {
    const { order, owners } = this.arrays;
    const to = this.firstAbove(max);
    for (let i = this.firstNotBelow(min); i < to; i++) {
      if (owners === undefined) visit(order[i], this.placeAt(i));
      else visit(owners[order[i]], order[i]);
    }
  }

  /** Every value in the order of the documents, with its place in `keys`. */
  eachPlace(visit: (doc: number, place: number) => void): void {
    const { docs, ends } = this.arrays;
    let row = 0;
    let place = 0;
    docs.each(doc => {
      const end = ends === undefined ? place + 1 : ends[row++];
      while (place < end) visit(doc, place++);
    });
  }

  private placeAt(i: number): number {
    const { order, owners, docs } = this.arrays;
    return owners === undefined ? docs.row(order[i]) : order[i];
  }

  private firstNotBelow(value: number): number {
    const { keys, order } = this.arrays;
    return lowerBound(order.length, i => keys[this.placeAt(i)] < value);
  }

  private firstAbove(value: number): number {
    const { keys, order } = this.arrays;
    return lowerBound(order.length, i => keys[this.placeAt(i)] <= value);
  }
}
