import { type BitSet, countBits, createBitSet, eachBit, fullBitSet, hasBit, setBit, unite } from '../math/bit-set.js';

/** Documents of a segment that have something, in rising order; its place among them is the row of a document. */
export interface DocumentSet {
  readonly count: number;
  /** -1 where the document is not in the set */
  row(doc: number): number;
  addTo(bits: BitSet): void;
  each(visit: (doc: number) => void): void;
}

/** How a set lies in a file: nothing at all, a list, or a bit for each document of the segment; whichever is smallest. */
export const setForms = { all: 0, list: 1, bits: 2 } as const;

/** @param docs  rising @returns its form with the words of that form */
export function packSet(docs: readonly number[], documents: number): { form: number; words: Uint32Array } {
  if (docs.length === documents) return { form: setForms.all, words: new Uint32Array(0) };
  if (docs.length * 32 <= documents) return { form: setForms.list, words: Uint32Array.from(docs) };
  const bits = createBitSet(documents);
  for (const doc of docs) setBit(bits, doc);
  return { form: setForms.bits, words: bits };
}

export function openSet(form: number, words: Uint32Array, documents: number): DocumentSet {
  if (form === setForms.all) return allDocuments(documents);
  return form === setForms.list ? listedDocuments(words) : markedDocuments(words);
}

function allDocuments(documents: number): DocumentSet {
  return {
    count: documents,
    row: doc => doc,
    addTo: bits => unite(bits, fullBitSet(documents)),
    each: visit => {
      for (let doc = 0; doc < documents; doc++) visit(doc);
    },
  };
}

function listedDocuments(docs: Uint32Array): DocumentSet {
  return {
    count: docs.length,
    row: doc => {
      const place = lowerBound(docs.length, i => docs[i] < doc);
      return place < docs.length && docs[place] === doc ? place : -1;
    },
    addTo: bits => {
      for (const doc of docs) setBit(bits, doc);
    },
    each: visit => {
      for (const doc of docs) visit(doc);
    },
  };
}

/** Words of bits whose documents are counted together. */
const countedWords = 16;

function markedDocuments(marks: BitSet): DocumentSet {
  const before = new Uint32Array(Math.ceil(marks.length / countedWords) + 1);
  for (let i = 0; i + 1 < before.length; i++)
    before[i + 1] = before[i] + countBits(marks.subarray(i * countedWords, (i + 1) * countedWords));
  return {
    count: before[before.length - 1],
    row: doc => {
      if (!hasBit(marks, doc)) return -1;
      const word = doc >>> 5;
      const block = Math.floor(word / countedWords);
      let row = before[block];
      for (let i = block * countedWords; i < word; i++) row += bitsIn(marks[i]);
      return row + bitsIn(marks[word] & ((1 << (doc & 31)) - 1));
    },
    addTo: bits => unite(bits, marks),
    each: visit => eachBit(marks, visit),
  };
}

function bitsIn(word: number): number {
  let rest = word - ((word >>> 1) & 0x55555555);
  rest = (rest & 0x33333333) + ((rest >>> 2) & 0x33333333);
  return (((rest + (rest >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

/** The first place in [0, count) that is not `before`; `count` where all are. */
export function lowerBound(count: number, before: (place: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (before(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
