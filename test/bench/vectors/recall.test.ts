import { describe, expect, it } from 'vitest';
import { exactRecall } from '../../../bench/vectors/nearest.js';
import { rateAtRecall } from '../../../bench/vectors/rate-at-recall.js';
import { grownSet } from '../../../bench/vectors/rows.js';

describe('queries a second at a recall', () => {
  const points = [
    { recall: 0.9, seconds: 0.001 },
    { recall: 0.98, seconds: 0.003 },
    { recall: 1, seconds: 0.004 },
  ];

  it('lie on the line between the breadths about it', () => {
    // halfway from .9 to .98: .002 s a query
    expect(rateAtRecall(points, 0.94)).toBeCloseTo(500, 9);
    expect(rateAtRecall(points, 0.98)).toBeCloseTo(1000 / 3, 9);
  });

  it('are not guessed where nothing is below or above', () => {
    expect(rateAtRecall(points, 0.85)).toBeUndefined();
    expect(rateAtRecall(points.slice(0, 2), 0.99)).toBeUndefined();
  });
});

describe('recall by scores', () => {
  // cosines of the query with the rows: 1, .8, .8, .6
  const set = {
    width: 2,
    documents: Float32Array.of(1, 0, 0.8, 0.6, 0.8, -0.6, 0.6, 0.8),
    queries: Float32Array.of(1, 0),
  };

  it('takes any of the rows that are as near as the last', () => {
    const recallOf = exactRecall(set, 2);
    expect(recallOf([[0, 1]])).toBe(1);
    expect(recallOf([[0, 2]])).toBe(1);
    expect(recallOf([[0, 3]])).toBe(0.5);
    expect(recallOf([[0, -1]])).toBe(0.5);
  });

  it('counts a row once', () => {
    expect(exactRecall(set, 2)([[0, 0]])).toBe(0.5);
  });
});

it('a set made larger keeps its rows, and the others lie near to those they came from', () => {
  const width = 256;
  const documents = new Float32Array(2 * width);
  documents[0] = 1;
  documents[width + 1] = 1;
  const grown = grownSet({ width, documents, queries: new Float32Array(width) }, 6, 1);
  expect(grown.documents.subarray(0, documents.length)).toEqual(documents);
  for (let row = 2; row < 6; row++) {
    const own = grown.documents.subarray(row * width, (row + 1) * width);
    expect(Math.hypot(...own)).toBeCloseTo(1, 5);
    // noise of half the length, nearly at right angles: 1 / sqrt(1.25)
    expect(Math.abs(own[row % 2] - 1 / Math.sqrt(1.25))).toBeLessThan(0.08);
  }
});
