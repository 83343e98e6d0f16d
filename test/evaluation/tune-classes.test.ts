import { describe, expect, it } from 'vitest';
import { tuneClasses } from '../../src/evaluation/tune-classes.js';
import { type QueryFacts, queryFacts, weightOf } from '../../src/ranking/query-classes.js';

const facts = (words: number): QueryFacts => ({
  words,
  numbers: 0,
  rarest: 5,
  coverage: 1,
  tokenLead: 0.5,
  bestCosine: 0.5,
});
/** 200 queries, of one and of five words by turns. */
const queries = Array.from({ length: 200 }, (_, i) => facts(i % 2 === 0 ? 1 : 5));
const weights = Array.from({ length: 21 }, (_, step) => step / 20);

describe('classes of queries', () => {
  it('get weights of their own where that is told from chance', () => {
    // short queries are best by tokens, long ones by vectors
    const points = weights.map(weight => ({
      weight,
      figures: queries.map(({ words }) => (words === 1 ? 1 - weight : weight)),
    }));
    const tuned = tuneClasses({ points, facts: queries }, 0.3);
    expect(tuned?.chosen).toEqual({ fact: 'words', threshold: 1, below: 0, above: 1 });
    expect(tuned?.mean).toBeGreaterThan(0.4);
    expect([1, 5].map(words => weightOf(tuned?.chosen as never, facts(words)))).toEqual([0, 1]);
  });

  it('share one where there is nothing to gain, or too few to tell', () => {
    const points = weights.map(weight => ({
      weight,
      figures: queries.map((_, i) => 0.5 + 0.1 * Math.sin(i * 1.7 + weight) - (weight - 0.4) ** 2),
    }));
    const tuned = tuneClasses({ points, facts: queries }, 0.3);
    expect(tuned?.chosen).toBeUndefined();
    expect(tuned?.error).toBeGreaterThanOrEqual(0);
    const few = points.map(point => ({ ...point, figures: point.figures.slice(0, 99) }));
    expect(tuneClasses({ points: few, facts: queries.slice(0, 99) }, 0.3)).toBeUndefined();
  });

  it('are told by the words of a query, and by how sure each side is', () => {
    const word = { idf: 2, known: true, optional: false, corrected: false, number: false };
    const token = Array.from({ length: 12 }, (_, i) => ({ id: `t${i}`, score: 10 - i / 2 }));
    const sides = { token, vector: [{ id: 'v', score: 0.75 }], coverage: 0.5 };
    const words = [word, { ...word, idf: 4, number: true }, { ...word, optional: true, idf: 9 }];
    // the tenth has 10 - 4.5
    expect(queryFacts(sides, words)).toEqual({
      words: 2,
      numbers: 1,
      rarest: 4,
      coverage: 0.5,
      tokenLead: 0.45,
      bestCosine: 0.75,
    });
    expect(queryFacts({ token: [], vector: [] }, [])).toMatchObject({ tokenLead: 1, bestCosine: -1, coverage: 1 });
  });
});
