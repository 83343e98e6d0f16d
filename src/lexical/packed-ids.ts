import { bitsOf, blockSize, packBlock, packedWords, unpackBlock } from './bit-packing.js';
import { GrowingArray } from './growing-array.js';
import { GrowingBytes } from './growing-bytes.js';

/** Ids whose first one stands whole. */
export const idsPerBlock = 16;
/** Lengths below share a byte; 255 in its place says that two numbers follow. */
export const inOneByte = 15;
export const inMore = 255;

/**
 * The ids of a segment in the code-unit order, in blocks of 16: of each how many units it shares with the one before it in its block and how many follow, in
 * halves of one byte where both are below 15, else 255 and two numbers; then these units.
 */
export interface PackedIds {
  readonly frontIds: Uint8Array;
  /** by block: where it begins */
  readonly idBlocks: Uint32Array;
  /** by document: its place in the order, in blocks of 128 of as many bits as the last place has */
  readonly idRanks: Uint32Array;
}

/** @param byId  documents in the order of their ids @param unit  bytes of a unit */
export function packIds(ids: readonly string[], byId: ArrayLike<number>, unit: 1 | 2): PackedIds {
  const front = new GrowingBytes();
  const blocks = new GrowingArray();
  const ranks = new Uint32Array(Math.ceil(ids.length / blockSize) * blockSize);
  let before = '';
  for (let rank = 0; rank < byId.length; rank++) {
    const id = ids[byId[rank]];
    ranks[byId[rank]] = rank;
    if (rank % idsPerBlock === 0) {
      blocks.push(front.length);
      before = '';
    }
    let shared = 0;
    while (shared < before.length && before.charCodeAt(shared) === id.charCodeAt(shared)) shared++;
    const more = id.length - shared;
    if (shared < inOneByte && more < inOneByte) front.push((shared << 4) | more);
    else {
      front.push(inMore);
      front.pushNumber(shared);
      front.pushNumber(more);
    }
    for (let i = shared; i < id.length; i++) {
      front.push(id.charCodeAt(i) & 0xff);
      if (unit === 2) front.push(id.charCodeAt(i) >>> 8);
    }
    before = id;
  }
  return { frontIds: front.used, idBlocks: blocks.used, idRanks: packRanks(ranks, ids.length) };
}

const rankBits = (count: number): number => bitsOf(Math.max(0, count - 1));

function packRanks(ranks: Uint32Array, count: number): Uint32Array {
  const bits = rankBits(count);
  const words = new Uint32Array((ranks.length / blockSize) * packedWords(bits));
  for (let from = 0; from < ranks.length; from += blockSize)
    packBlock(ranks.subarray(from, from + blockSize), bits, words, (from / blockSize) * packedWords(bits));
  return words;
}

/** @returns by document: its place in the order of ids */
export function unpackRanks(words: Uint32Array, count: number): Uint32Array {
  const bits = rankBits(count);
  const ranks = new Uint32Array(Math.ceil(count / blockSize) * blockSize);
  for (let from = 0; from < ranks.length; from += blockSize)
    unpackBlock(words, (from / blockSize) * packedWords(bits), bits, 0, ranks.subarray(from, from + blockSize));
  return ranks.subarray(0, count);
}
