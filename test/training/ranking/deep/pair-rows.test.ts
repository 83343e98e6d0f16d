import { describe, expect, it } from 'vitest';
import { lambdaMartSchema } from '../../../../src/config/ranking.js';
import { crossScores } from '../../../../training/ranking/deep/cross-scores.js';
import { packEmbedding, unpackEmbedding } from '../../../../training/ranking/deep/embeddings.js';
import { firstRows, pairRows, pairScales, wholeScores } from '../../../../training/ranking/deep/pair-rows.js';
import { gainsOf, type LoggedRows } from '../../../../training/ranking/rows-file.js';
import { learnableRows } from '../rows-of.js';

const embedding = (angle: number) => packEmbedding(Float32Array.of(Math.cos(angle), Math.sin(angle)));
const judged = Float64Array.from([2, Number.NaN, 0, 1, Number.NaN]);
/** Two queries, of three and of two candidates. */
const rows: LoggedRows = {
  features: [
    { name: 'bm25', kind: 'number' },
    { name: 'cosine', kind: 'number' },
  ],
  columns: [Float32Array.from([3.5, 0.1, 2, 2, 4]), Float32Array.from([0.25, Number.NaN, -1, 0, 0.5])],
  judged,
  gains: gainsOf(judged),
  groups: Uint32Array.from([0, 3, 5]),
  ideal: Float64Array.from([2, 1]),
  queries: ['q1', 'q2'],
  documents: ['a', 'b', 'c', 'a', 'd'],
  embeddings: {
    width: 2,
    queries: [embedding(0), embedding(1)],
    documents: [embedding(2), undefined, embedding(3), embedding(2), embedding(4)],
  },
};
const scores = Float64Array.from([1, 5, 3, 2, 2]);

describe('the rows of a network', () => {
  const first = firstRows(rows, scores, 2);

  it('are the first that the ranker before gives, ties in their order', () => {
    expect([...first.rows]).toEqual([1, 2, 3, 4]);
    expect([...first.groups]).toEqual([0, 2, 4]);
    expect([...first.first]).toEqual([5, 3, 2, 2]);
  });

  it('have what belongs to them', () => {
    const pairs = pairRows(first, pairScales(first, ['cosine']));
    expect([...pairs.gains]).toEqual([0, 0, 1, 0]);
    expect(pairs.documents).toEqual([undefined, embedding(3), embedding(2), embedding(4)]);
    expect(pairs.queries).toEqual([embedding(0), embedding(1)]);
    expect(pairs.ideal).toBe(rows.ideal);
    // score, cosine, whether it is missing: in the first row alone
    expect([2, 5, 8, 11].map(at => pairs.inputs[at])).toEqual([1, 0, 0, 0]);
    expect(pairs.inputs[1]).toBe(0);
  });

  it('leave what the network did not order behind it, lowered together', () => {
    // of the first query: row 0, at 1, goes below 1.5, the last of those ordered, only where it would be above
    expect([...wholeScores(first, scores, Float64Array.from([1.5, 4, 7, 8]))]).toEqual([1, 1.5, 4, 7, 8]);
    expect([...wholeScores(first, scores, Float64Array.from([-3, 4, 7, 8]))]).toEqual([-3, -3, 4, 7, 8]);
    expect([...wholeScores(firstRows(rows, scores, 1), scores, Float64Array.from([-2, 8]))]).toEqual([
      -4, -2, -2, 8, 2,
    ]);
  });
});

describe('scores of trees that did not know a query', () => {
  const options = lambdaMartSchema.parse({ leaves: 5, minLeaf: 3, threads: 1 });
  const logged = (seed: number): LoggedRows => {
    const drawn = learnableRows(seed, 60);
    return {
      ...drawn,
      judged: drawn.gains,
      ideal: new Float64Array(60).fill(1),
      queries: Array.from({ length: 60 }, (_, query) => `q${query}`),
      documents: Array.from(drawn.gains, (_, row) => `d${row}`),
    };
  };

  it('do not change with what was judged of it', async () => {
    const of = logged(3);
    const before = await crossScores(of, 2, 10, options);
    const [from, to] = [of.groups[7], of.groups[8]];
    const gains = of.gains.map((gain, row) => (row >= from && row < to ? 2 - gain : gain));
    const after = await crossScores({ ...of, gains }, 2, 10, options);
    expect([...after.subarray(from, to)]).toEqual([...before.subarray(from, to)]);
    // those of queries of the other part do
    expect([...after]).not.toEqual([...before]);
    expect(before.every(score => score !== 0)).toBe(true);
  }, 30_000);
});

describe('an embedding in 16 bits', () => {
  it('is what it was to within 1.6e-5', () => {
    const values = Float32Array.of(1, -1, 0, 0.123456, -0.98765);
    const back = new Float32Array(7);
    unpackEmbedding(packEmbedding(values), back, 1);
    values.forEach((value, i) => {
      expect(Math.abs(back[i + 1] - value)).toBeLessThan(1.6e-5);
    });
    expect([back[0], back[6]]).toEqual([0, 0]);
  });
});
