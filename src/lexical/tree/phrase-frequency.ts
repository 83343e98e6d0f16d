import { bounds } from './bounds.js';
import { countBelow, matchDistance, nearestPlace } from './place-words.js';

/** A word of a phrase: which of its distinct terms, and its distance from the first word. */
export interface PlacedWord {
  readonly term: number;
  readonly offset: number;
}

/** What the repeated words may still cost; see bounds.ts. */
interface Work {
  left: number;
}

/** The words of a phrase that are one term. */
interface Group {
  readonly term: number;
  /** rising; the word held fast is not among them */
  readonly offsets: readonly number[];
}

/**
 * How often a field holds a phrase: for every place of the word that is rarest in the field (the first of those), the cheapest way to bring the other
 * words to it counts 1 / (1 + moves), if it takes at most `slop` moves. A way gives every word a place of its own; with d = place - offset, its
 * moves are the sum over the words of |d - m|, with the best m: words move towards one another until all d are equal.
 * Without slop these are the occurrences of the exact phrase.
 * @param positions  by distinct term, rising
 */
export function phraseFrequency(
  words: readonly PlacedWord[],
  positions: readonly (readonly number[])[],
  slop: number,
): number {
  let held = words[0];
  for (const word of words) if (positions[word.term].length < positions[held.term].length) held = word;
  const groups = groupsBut(words, held);
  const tooFew = ({ term, offsets }: Group): boolean =>
    positions[term].length < offsets.length + (term === held.term ? 1 : 0);
  if (groups.some(tooFew)) return 0;
  const work: Work = { left: bounds.placing };
  let frequency = 0;
  for (const place of positions[held.term]) {
    const moves = fewestMoves(words.length, groups, positions, held, place, slop, work);
    if (moves <= slop) frequency += 1 / (1 + moves);
  }
  return frequency;
}

function groupsBut(words: readonly PlacedWord[], held: PlacedWord): Group[] {
  const offsets = new Map<number, number[]>();
  for (const word of words) {
    if (word === held) continue;
    const group = offsets.get(word.term);
    if (group === undefined) offsets.set(word.term, [word.offset]);
    else group.push(word.offset);
  }
  return [...offsets].map(([term, group]) => ({ term, offsets: group }));
}

/**
 * Tries where the phrase may be brought together, from the place held outwards. A step there changes the moves of each other word by one at
 * most, so that places from which the best so far is out of reach are passed over.
 * @returns above `slop` where there is no way
 */
function fewestMoves(
  words: number,
  groups: readonly Group[],
  positions: readonly (readonly number[])[],
  held: PlacedWord,
  place: number,
  slop: number,
  work: Work,
): number {
  const start = place - held.offset;
  let best = slop + 1;
  for (const side of [1, -1]) {
    for (let shift = side === 1 ? 0 : 1; shift < best; ) {
      const moves = shift + movesTo(groups, positions, start + side * shift, held.term, place, best - shift, work);
      best = Math.min(best, moves);
      // a further step costs the word held one more, and each of the others one less at most
      if (words === 2) break;
      shift += 1 + Math.floor((moves - best) / (words - 2));
    }
  }
  return best;
}

/** Moves of all words but the one held, when the phrase is to start at `start`; where it reaches the limit, a part of them. */
function movesTo(
  groups: readonly Group[],
  positions: readonly (readonly number[])[],
  start: number,
  heldTerm: number,
  place: number,
  limit: number,
  work: Work,
): number {
  let moves = 0;
  for (const { term, offsets } of groups) {
    const taken = term === heldTerm ? place : -1;
    moves += groupMoves(positions[term], offsets, start, taken, work);
    if (moves >= limit) return moves;
  }
  return moves;
}

function groupMoves(
  positions: readonly number[],
  offsets: readonly number[],
  start: number,
  taken: number,
  work: Work,
): number {
  const freely = distanceToNearest(positions, offsets, start, taken);
  if (freely !== undefined) return freely;
  const from = countBelow(positions, start + offsets[0]);
  const to = countBelow(positions, start + offsets[offsets.length - 1]);
  // no word goes further than as many places as there are words
  const least = Math.max(0, from - offsets.length - 1);
  const most = Math.min(positions.length, to + offsets.length + 1);
  work.left -= offsets.length * (most - least);
  if (work.left < 0) return Infinity;
  return matchDistance(positions, least, most, taken, start, offsets);
}

/** The sum of the distances to the nearest places; undefined where one place is the nearest of two words, or is taken. */
function distanceToNearest(
  positions: readonly number[],
  offsets: readonly number[],
  start: number,
  taken: number,
): number | undefined {
  let sum = 0;
  let last = -1;
  for (const offset of offsets) {
    const place = nearestPlace(positions, start + offset);
    if (place === taken || place === last) return undefined;
    last = place;
    sum += Math.abs(place - start - offset);
  }
  return sum;
}
