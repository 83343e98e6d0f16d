import { describe, expect, it } from 'vitest';
import { evaluateRun, meanFigures, namesJudgedDocuments } from '../../src/evaluation/evaluate.js';
import type { Qrels, Run } from '../../src/evaluation/trec.js';

const qrels: Qrels = new Map([
  [
    'q1',
    new Map([
      ['a', 2],
      ['b', 1],
      ['n', 0],
    ]),
  ],
  ['q2', new Map([['c', 1]])],
  ['q3', new Map([['d', 0]])],
]);
const hits = (...ids: string[]) => ids.map((id, i) => ({ id, score: -i }));

describe('evaluateRun', () => {
  it('means over all judged queries, under the names of the contract', () => {
    const run: Run = new Map([
      ['q1', hits('x', 'a', 'n', 'b')],
      ['q3', hits('d')],
      ['unjudged', hits('a')],
    ]);
    const { means, queries, answered } = evaluateRun(run, qrels);
    const ndcg = (2 / Math.log2(3) + 1 / Math.log2(5)) / (2 + 1 / Math.log2(3));
    expect(Object.keys(means)).toEqual(['nDCG@10', 'MRR@10', 'Recall@10', 'Recall@100', 'judged@10']);
    expect({ queries, answered }).toEqual({ queries: 3, answered: 2 });
    expect(means['nDCG@10']).toBeCloseTo(ndcg / 3, 12); // q2 absent and q3 without relevant documents count 0
    expect(means['MRR@10']).toBeCloseTo(1 / 2 / 3, 12);
    expect(means['Recall@10']).toBeCloseTo(1 / 3, 12);
    expect(means['judged@10']).toBeCloseTo((3 / 10 + 1 / 10) / 3, 12);
  });

  it('condensed figures stand beside the plain ones', () => {
    const { means, perQuery } = evaluateRun(new Map([['q1', hits('x', 'a')]]), qrels, { condensed: true });
    expect(perQuery.get('q1')!['MRR@10']).toBe(1 / 2);
    expect(perQuery.get('q1')!['condensed.MRR@10']).toBe(1);
    expect(Object.keys(means)).toEqual(
      expect.arrayContaining(['nDCG@10', 'condensed.nDCG@10', 'condensed.Recall@100']),
    );
    expect(means).not.toHaveProperty('condensed.judged@10');
  });

  it('reads the relevance level and the cut-offs', () => {
    const options = { relevanceLevel: 2, cutoffs: { Recall: [1, 2], Precision: [2], MAP: [10], success: [1] } };
    const { perQuery } = evaluateRun(new Map([['q1', hits('b', 'a')]]), qrels, options);
    expect(perQuery.get('q1')).toEqual({
      'Recall@1': 0,
      'Recall@2': 1,
      'Precision@2': 1 / 2,
      'MAP@10': 1 / 2,
      'success@1': 0,
    });
  });

  it('refuses a run that answers none of the judged queries, but not an empty one', () => {
    const other: Run = new Map([['7', hits('a')]]);
    expect(() => evaluateRun(other, qrels)).toThrowError(
      expect.objectContaining({
        code: 'evaluation/nothing-in-common',
        message: expect.stringMatching(/the first that was asked has the id '7', the first that is judged 'q1'/),
      }),
    );
    expect(evaluateRun(new Map(), qrels).means['nDCG@10']).toBe(0);
  });

  it('tells whether any document of a run is judged for its query', () => {
    expect(namesJudgedDocuments(new Map([['q1', hits('x', 'n')]]), qrels)).toBe(true);
    // judged for another query only
    expect(namesJudgedDocuments(new Map([['q1', hits('x', 'c')]]), qrels)).toBe(false);
    expect(namesJudgedDocuments(new Map([['7', hits('a')]]), qrels)).toBe(false);
  });

  it('refuses a document that stands twice, no judgements and a K below 1', () => {
    const twice: Run = new Map([['q1', hits('a', 'x', 'a')]]);
    expect(() => evaluateRun(twice, qrels)).toThrowError(/query q1: document a stands more than once/);
    expect(() => evaluateRun(twice, qrels)).toThrowError(
      expect.objectContaining({ code: 'evaluation/duplicate-document' }),
    );
    expect(() => evaluateRun(new Map(), new Map())).toThrowError(
      expect.objectContaining({ code: 'evaluation/no-queries' }),
    );
    expect(() => evaluateRun(new Map(), qrels, { cutoffs: { nDCG: [0] } })).toThrowError(
      expect.objectContaining({ code: 'usage/bad-value' }),
    );
  });

  it('mean of each figure', () => {
    const table = new Map([
      ['a', { x: 1, y: 0 }],
      ['b', { x: 0.5, y: 1 }],
    ]);
    expect(meanFigures(table)).toEqual({ x: 0.75, y: 0.5 });
  });
});
