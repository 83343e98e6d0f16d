import { blockSize } from './bit-packing.js';
import type { BlockPostings } from './block-postings.js';
import { noShape, type ShapeNumbers } from './posting-shapes.js';
import { noMoreDocuments } from './segment-reader.js';
import type { StoredSegment } from './stored-segment.js';

/** Bytes that a list takes beside its arrays' content: eight arrays with their buffers, of some 200 bytes each, and the objects that hold them. */
const overhead = 2_000;

/**
 * A posting list of an immutable segment, unpacked: a posting is found by document in a step or two, and its score by its shape. Depends on no
 * statistics and knows no removals: valid as long as the segment.
 */
export interface DecodedList {
  /** documents, rising, `noMoreDocuments` behind the last */
  readonly docs: Uint32Array;
  /** by posting: number of its shape, see ShapeNumbers */
  readonly codes: Uint16Array | Uint32Array;
  /** words of the shapes, by number */
  readonly shapes: Uint32Array;
  /** by shape: how many postings have it */
  readonly counts: Uint32Array;
  /** by document >> shift: the first posting from there on; one more behind the last */
  readonly starts: Uint32Array;
  readonly shift: number;
  /** a bit for every 2^coarse documents: whether any of them is in the list; most that are not are told so by it */
  readonly bits: Uint32Array;
  readonly coarse: number;
  /** where the first of its whole blocks stands among those of the segment */
  readonly firstBlock: number;
  /** memory that it takes */
  readonly bytes: number;
}

/** @param postings  an iterator of the segment; opened here. @param shapes  cleared here */
export function decodeList(
  segment: StoredSegment,
  postings: BlockPostings,
  ordinal: number,
  shapes: ShapeNumbers,
): DecodedList {
  postings.open(ordinal);
  shapes.clear();
  const { df } = postings;
  const docs = new Uint32Array(df + 1);
  docs[df] = noMoreDocuments;
  let codes: Uint16Array | Uint32Array = new Uint16Array(df);
  let at = 0;
  for (let block = 0; postings.enter(block); block++) {
    postings.readFrequencies();
    docs.set(postings.documents.subarray(0, postings.count), at);
    if (shapes.count + blockSize * postings.fieldsInBlock > 2 ** 16 && codes.BYTES_PER_ELEMENT === 2)
      codes = Uint32Array.from(codes);
    encodeBlock(segment, postings, shapes, codes, at);
    at += postings.count;
  }
  const counts = new Uint32Array(shapes.count);
  for (let i = 0; i < df; i++) counts[codes[i]]++;
  const { starts, shift } = bucketStarts(docs, df, segment.documentCount);
  const { bits, coarse } = coarseBits(docs, df, segment.documentCount);
  const words = shapes.words();
  const bytes =
    docs.byteLength +
    codes.byteLength +
    words.byteLength +
    counts.byteLength * 3 +
    starts.byteLength +
    bits.byteLength +
    overhead;
  return { docs, codes, shapes: words, counts, starts, shift, bits, coarse, firstBlock: postings.firstBlock, bytes };
}

function encodeBlock(
  segment: StoredSegment,
  { documents, count, fieldsInBlock, fields, frequencies }: BlockPostings,
  shapes: ShapeNumbers,
  codes: Uint16Array | Uint32Array,
  at: number,
): void {
  const { lengths } = segment.arrays;
  for (let i = 0; i < count; i++) {
    let shape = noShape;
    for (let slot = 0; slot < fieldsInBlock; slot++) {
      const frequency = frequencies[slot * blockSize + i];
      if (frequency === 0) continue;
      const field = fields[slot];
      const length = lengths[field * segment.documentCount + documents[i]];
      shape = shapes.numberOf(shape, ((field << 24) | frequency) >>> 0, length);
    }
    codes[at + i] = shape;
  }
}

/** Buckets of neighbouring documents, so many that two to four postings share one. */
function bucketStarts(docs: Uint32Array, df: number, documents: number): { starts: Uint32Array; shift: number } {
  let shift = 1;
  while (2 * (documents >>> shift) > df) shift++;
  const starts = new Uint32Array((documents >>> shift) + 2);
  let at = 0;
  for (let bucket = 0; bucket < starts.length; bucket++) {
    while (at < df && docs[at] >>> shift < bucket) at++;
    starts[bucket] = at;
  }
  return { starts, shift };
}

/** At most eight bits a posting. */
function coarseBits(docs: Uint32Array, df: number, documents: number): { bits: Uint32Array; coarse: number } {
  let coarse = 0;
  while (documents >>> coarse > 8 * df) coarse++;
  const bits = new Uint32Array(((documents >>> coarse) >>> 5) + 1);
  for (let i = 0; i < df; i++) {
    const at = docs[i] >>> coarse;
    bits[at >>> 5] |= 1 << (at & 31);
  }
  return { bits, coarse };
}

/** Postings of a bucket that are passed over one by one. */
const fewPostings = 8;

/** Place of a document's posting; -1 where there is none. */
export function placeOf(list: DecodedList, doc: number): number {
  const bit = doc >>> list.coarse;
  return (list.bits[bit >>> 5] & (1 << (bit & 31))) === 0 ? -1 : placeInBucket(list, doc);
}

/** The same of a document that the bits do not tell of. */
export function placeInBucket({ docs, starts, shift }: DecodedList, doc: number): number {
  const bucket = doc >>> shift;
  let low = starts[bucket];
  let high = starts[bucket + 1];
  while (high - low > fewPostings) {
    const middle = (low + high) >>> 1;
    if (docs[middle] < doc) low = middle + 1;
    else high = middle;
  }
  while (docs[low] < doc) low++;
  return docs[low] === doc ? low : -1;
}
