import { describe, expect, it } from 'vitest';
import { documentPopularity } from '../../data/popularity.js';

describe('documentPopularity', () => {
  it('adds up the weights of pairs', () => {
    const pairs = [
      { document: 2, weight: 0.5 },
      { document: 0, weight: 1 },
      { document: 2, weight: 0.25 },
    ];
    expect([...documentPopularity(pairs, 4)]).toEqual([1, 0, 0.75, 0]);
  });
});
