import { orderSuffixes } from './suffix-order.js';
import type { Units } from './units.js';

/** Longest piece in characters, the word mark included; 16 in SentencePiece. */
export const longestPiece = 16;

/** A piece with a number that means its frequency, its expected count or its log probability: the function says which. */
export interface Piece {
  readonly text: string;
  readonly score: number;
}

/**
 * Candidate pieces: the substrings of 2..16 characters that stand at least twice in the corpus and that no longer one stands for
 * (right-maximal: the inner nodes of the suffix tree, as in SentencePiece's enhanced suffix array; and whole units).
 * @param most  at most this many, by frequency times length, ties by place
 * @returns pieces, score = frequency
 */
export function seedPieces(units: Units, most: number): Piece[] {
  const text = sequenceOf(units);
  const candidates: Candidate[] = [];
  const order = orderSuffixes(text.symbols, longestPiece);
  collectIntervals(text, order, candidates);
  candidates.sort((a, b) => b.frequency * b.length - a.frequency * a.length || a.position - b.position);
  candidates.length = Math.min(candidates.length, most);
  return candidates.map(({ position, length, frequency }) => ({
    text: String.fromCodePoint(...text.symbols.subarray(position, position + length)),
    score: frequency,
  }));
}

interface Candidate {
  readonly position: number;
  readonly length: number;
  readonly frequency: number;
}

/** Units one after the other, each closed by a 0; `room` = characters up to that 0, `weights` = count of the unit. */
interface Sequence {
  readonly symbols: Int32Array;
  readonly room: Uint8Array;
  readonly weights: Float64Array;
  /** 1 where a unit begins */
  readonly begins: Uint8Array;
}

function sequenceOf({ symbols, starts, counts }: Units): Sequence {
  const n = symbols.length + counts.length;
  const sequence: Sequence = {
    symbols: new Int32Array(n),
    room: new Uint8Array(n),
    weights: new Float64Array(n),
    begins: new Uint8Array(n),
  };
  let at = 0;
  for (let unit = 0; unit < counts.length; unit++) {
    sequence.begins[at] = 1;
    for (let i = starts[unit]; i < starts[unit + 1]; i++) {
      sequence.symbols[at] = symbols[i];
      sequence.room[at] = Math.min(longestPiece, starts[unit + 1] - i);
      sequence.weights[at++] = counts[unit];
    }
    at++;
  }
  return sequence;
}

/** Common prefix of two suffixes, within their units and `longestPiece`. */
function commonPrefix({ symbols, room }: Sequence, a: number, b: number): number {
  const limit = Math.min(room[a], room[b]);
  let length = 0;
  while (length < limit && symbols[a + length] === symbols[b + length]) length++;
  return length;
}

/**
 * Walks the sorted suffixes with a stack of open prefixes (Abouelhoda, Kurtz & Ohlebusch, 2004): a prefix closes when the next
 * suffix no longer shares it, and its frequency is the weight of the suffixes under it.
 */
function collectIntervals(text: Sequence, order: Int32Array, candidates: Candidate[]): void {
  const lengths: number[] = [0];
  const weights: number[] = [0];
  const close = (position: number): void => {
    const length = lengths.pop()!;
    const frequency = weights.pop()!;
    weights[weights.length - 1] += frequency;
    if (length >= 2 && frequency >= 2) candidates.push({ position, length, frequency });
  };
  for (let i = 0; i < order.length; i++) {
    const position = order[i];
    // a lone suffix opens its own prefix only where a unit begins: elsewhere the longer piece to its left says as much
    const shared = i + 1 < order.length ? commonPrefix(text, position, order[i + 1]) : 0;
    const own = text.begins[position] === 1 ? text.room[position] : 0;
    const length = Math.max(shared, own);
    if (length > lengths[lengths.length - 1]) {
      lengths.push(length);
      weights.push(0);
    }
    weights[weights.length - 1] += text.weights[position];
    while (lengths[lengths.length - 1] > shared) closeTo(position, shared);
  }

  function closeTo(position: number, shared: number): void {
    // a prefix that goes on below the closing one, but is not open yet, is opened in between
    if (lengths[lengths.length - 2] < shared) {
      lengths.splice(-1, 0, shared);
      weights.splice(-1, 0, 0);
    }
    close(position);
  }
}
