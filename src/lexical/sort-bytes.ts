import { finish } from '../math/finish.js';
import { mergingRuns } from '../math/sorting.js';

/** Stretches of bytes by number. */
export interface SortedBytes {
  readonly count: number;
  readonly bytes: Uint8Array;
  start(number: number): number;
  end(number: number): number;
}

/** Numbers that are sorted in one go, and units of work (src/search/turns.ts) of each. */
const atOnce = 2 ** 16;
const sortWork = 1 / 4;

/** The first bytes of a stretch are sorted by as one integer, with the place of the stretch among the numbers in its last bits. */
const placeBits = 24;
const bytesInHalf = 4;

/**
 * Sorts numbers of stretches by their bytes, a stretch before those that it begins: by their first five bytes as integers, which is done at once, and by
 * all of them where these are the same.
 * @param ties  of two stretches of the same bytes; these stay in their order when absent
 * @yields units of work
 * @returns a new array
 */
export function* sortingByBytes(
  stretches: SortedBytes,
  numbers: Uint32Array,
  ties: (a: number, b: number) => number = () => 0,
): Generator<number, ArrayLike<number>> {
  const compare = comparing(stretches, ties);
  if (numbers.length <= atOnce) return sortRun(stretches, numbers, compare);
  const runs: number[][] = [];
  for (let from = 0; from < numbers.length; from += atOnce) {
    runs.push(Array.from(sortRun(stretches, numbers.subarray(from, from + atOnce), compare)));
    yield atOnce * sortWork;
  }
  return yield* mergingRuns(runs, compare);
}

/** The same at once, where nobody waits meanwhile. @param numbers  at most 2^24, else it takes longer */
export function sortByBytes(stretches: SortedBytes, numbers: Uint32Array): ArrayLike<number> {
  if (numbers.length > 2 ** placeBits) return finish(sortingByBytes(stretches, numbers));
  return sortRun(
    stretches,
    numbers,
    comparing(stretches, () => 0),
  );
}

function comparing(stretches: SortedBytes, ties: (a: number, b: number) => number): (a: number, b: number) => number {
  const { bytes } = stretches;
  return (a, b) => {
    const [start, end, from, to] = [stretches.start(a), stretches.end(a), stretches.start(b), stretches.end(b)];
    const shared = Math.min(end - start, to - from);
    for (let i = 0; i < shared; i++) {
      const difference = bytes[start + i] - bytes[from + i];
      if (difference !== 0) return difference;
    }
    return end - start - (to - from) || ties(a, b);
  };
}

function sortRun(stretches: SortedBytes, numbers: Uint32Array, compare: (a: number, b: number) => number): Uint32Array {
  const { bytes } = stretches;
  const heads = new BigUint64Array(numbers.length);
  const halves = new Uint32Array(heads.buffer);
  for (let place = 0; place < numbers.length; place++) {
    const [from, to] = [stretches.start(numbers[place]), stretches.end(numbers[place])];
    let head = 0;
    for (let i = from; i < from + bytesInHalf; i++) head = (head << 8) | (i < to ? bytes[i] : 0);
    const fifth = from + bytesInHalf < to ? bytes[from + bytesInHalf] : 0;
    halves[2 * place] = (fifth << placeBits) | place;
    halves[2 * place + 1] = head;
  }
  heads.sort();
  const sorted = new Uint32Array(numbers.length);
  for (let i = 0; i < sorted.length; i++) sorted[i] = numbers[halves[2 * i] & (2 ** placeBits - 1)];
  const isSame = (i: number): boolean =>
    halves[2 * i + 1] === halves[2 * i - 1] && halves[2 * i] >>> placeBits === halves[2 * i - 2] >>> placeBits;
  for (let from = 0; from < sorted.length; ) {
    let to = from + 1;
    while (to < sorted.length && isSame(to)) to++;
    if (to > from + 1) sorted.set(Array.from(sorted.subarray(from, to)).sort(compare), from);
    from = to;
  }
  return sorted;
}
