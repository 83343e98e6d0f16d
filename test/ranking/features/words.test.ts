import { describe, expect, it } from 'vitest';
import {
  askedShare,
  behindLast,
  correctedShare,
  exactIdf,
  firstPosition,
  heldIdf,
  heldNumbers,
  heldShare,
  holdsFirst,
  holdsLast,
  holdsRarest,
  longestRun,
  missingIdf,
} from '../../../src/ranking/features/words.js';
import type { DocumentMatch, QueryWord } from '../../../src/ranking/match.js';

const word = (idf: number, of: Partial<QueryWord> = {}): QueryWord => ({
  idf,
  known: true,
  optional: false,
  corrected: false,
  number: false,
  ...of,
});

/** "red 12v drill for wood": for is a stop word, wood was mistyped */
const query = [
  word(1),
  word(4, { number: true }),
  word(2),
  word(0.5, { optional: true }),
  word(3, { corrected: true }),
];

/** Title "cordless drill red for work" (5 terms), description "a wooden box" where wooden is another form of wood. */
const match: DocumentMatch = {
  held: Uint8Array.from([2, 0, 2, 2, 1]),
  places: [
    [[2], []],
    [[], []],
    [[1], []],
    [[3], []],
    [[], []],
  ],
  lengths: [5, 3],
  bm25: Float64Array.from([0, 0]),
};
const empty: DocumentMatch = {
  held: new Uint8Array(5),
  places: query.map(() => [[], []]),
  lengths: [5, 3],
  bm25: new Float64Array(2),
};

describe('features of words', () => {
  it('count what a document holds, stop words aside', () => {
    // of red, 12v, drill, wood all but 12v; by idf (1 + 2 + 3) / 10; as asked for (1 + 2) / 10
    expect(heldShare(query, match)).toBe(3 / 4);
    expect(heldIdf(query, match)).toBe(6 / 10);
    expect(exactIdf(query, match)).toBe(3 / 10);
    expect([heldShare, heldIdf, exactIdf].map(of => of(query, empty))).toEqual([0, 0, 0]);
  });

  it('tell what is missing', () => {
    expect(missingIdf(query, match)).toBe(4);
    expect(missingIdf(query.slice(0, 1), match)).toBe(0);
    expect(holdsRarest(query, match)).toBe(0);
    expect(heldNumbers(query, match)).toBe(0);
    expect(heldNumbers([query[0]], match)).toBeNaN();
  });

  it('look at the first and at the last word', () => {
    expect(holdsFirst(query, match)).toBe(1);
    expect(holdsLast(query, match)).toBe(1);
    expect(holdsLast(query, empty)).toBe(0);
    // a number is not what a thing is
    expect(holdsLast([query[0], query[1]], match)).toBe(1);
  });

  it('know how much was mended', () => {
    // red, drill and wood are held; wood was mistyped
    expect(correctedShare(query, match)).toBe(1 / 3);
    expect(correctedShare(query, empty)).toBeNaN();
  });

  it('look at the field that holds most words', () => {
    // drill stands at 1 in the title, the last word of the query there at 3, and one term of five comes behind it
    expect(firstPosition(query, match)).toBe(1);
    expect(behindLast(query, match)).toBe(1 / 5);
    expect(askedShare(query, match)).toBe(3 / 5);
    expect([firstPosition(query, empty), behindLast(query, empty)]).toEqual([Number.NaN, Number.NaN]);
    expect(askedShare(query, empty)).toBe(0);
  });

  it('find the longest stretch of the query', () => {
    const placed = (positions: readonly number[]): DocumentMatch => ({
      ...empty,
      places: positions.map(position => [[position], []]),
      held: Uint8Array.from(positions, () => 2),
    });
    const three = [word(1), word(1), word(1)];
    expect(longestRun(three, placed([4, 5, 6]))).toBe(1);
    expect(longestRun(three, placed([6, 4, 5]))).toBe(2 / 3);
    expect(longestRun(three, placed([6, 4, 2]))).toBe(1 / 3);
    expect(longestRun(query, empty)).toBe(0);
    expect(longestRun([], { ...empty, places: [], held: new Uint8Array(0) })).toBeNaN();
  });

  it('say nothing of a query without words', () => {
    const none: DocumentMatch = { ...empty, places: [], held: new Uint8Array(0) };
    expect([heldShare, heldIdf, holdsFirst, holdsLast, holdsRarest].map(of => of([], none))).toEqual(
      Array(5).fill(Number.NaN),
    );
  });
});
