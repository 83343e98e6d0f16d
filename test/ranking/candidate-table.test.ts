import { describe, expect, it } from 'vitest';
import { candidateTable } from '../../src/ranking/candidate-table.js';
import { proximityRanker } from '../../src/ranking/proximity.js';
import { rankCandidates } from '../../src/ranking/ranker.js';

const sides = {
  token: [
    { id: 'a', score: 3 },
    { id: 'b', score: 2 },
  ],
  vector: [
    { id: 'c', score: 0.9 },
    { id: 'b', score: 0.8 },
  ],
};
const { NaN: unknown } = Number;

describe('the table of candidates', () => {
  it('has a row for each document, those of the token side first, and what each side said of it', () => {
    const table = candidateTable({ ...sides, coverage: 0.5 });
    expect(table.ids).toEqual(['a', 'b', 'c']);
    const columns = (['tokenScore', 'tokenRank', 'vectorScore', 'vectorRank', 'coverage'] as const).map(name => [
      ...table.column(name),
    ]);
    expect(columns).toEqual([
      [3, 2, unknown],
      [1, 2, unknown],
      [unknown, 0.8, 0.9],
      [unknown, 2, 1],
      [0.5, 0.5, 0.5],
    ]);
    expect([...table.column('cosine')]).toEqual([unknown, unknown, unknown]);
  });

  it('computes what a side did not say once, and only when it is asked', () => {
    const asked: string[] = [];
    const table = candidateTable(sides, (feature, ids) => {
      asked.push(`${feature} of ${ids.join()}`);
      return Float64Array.of(0.1, 0.2, 0.3);
    });
    expect(asked).toEqual([]);
    expect([[...table.column('cosine')], [...table.column('cosine')]]).toEqual([
      [0.1, 0.2, 0.3],
      [0.1, 0.2, 0.3],
    ]);
    expect(asked).toEqual(['cosine of a,b,c']);
  });
});

describe('the ranker of proximity', () => {
  it('adds it to BM25; equal sums stay in their order', () => {
    const values = { bm25: [3, 2, 1], proximity: [0, 1.5, 2], cosine: [0, 0, 0] };
    const table = candidateTable(sides, feature => Float64Array.from(values[feature]));
    expect(rankCandidates(proximityRanker, table)).toEqual([
      { id: 'b', score: 3.5 },
      { id: 'a', score: 3 },
      { id: 'c', score: 3 },
    ]);
  });
});
