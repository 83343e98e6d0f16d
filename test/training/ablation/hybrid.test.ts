import { describe, expect, it } from 'vitest';
import type { Run } from '../../../src/evaluation/trec.js';
import { hybridFigures } from '../../../training/ablation/hybrid.js';
import { setsOf } from '../../../training/ablation/measure.js';
import type { RunResult } from '../../../training/ablation/results.js';
import { makeData } from '../fixture.js';

const documents = ['a', 'b', 'c', 'd'].map(id => ({ id, title: id }));
const judged = (relevant: Readonly<Record<string, string>>) => ({
  queries: Object.keys(relevant).map(id => ({ id, text: id })),
  qrels: new Map(Object.entries(relevant).map(([query, document]) => [query, new Map([[document, 1]])])),
});
const data = { ...makeData(), documents, validation: judged({ q: 'a', r: 'c' }), test: judged({ t: 'd' }) };

const hit = (id: string, score: number) => ({ id, score });
const query = (id: string, hits: [string, number][]) => ({ id, figures: {}, hits });
const unnamed = { 'ROC AUC': 0.5, relevanceLevel: 1 };
const result: RunResult = {
  format: 'tandem-ablation-run',
  version: 1,
  fingerprint: '',
  variant: 'base',
  seed: 1,
  steps: 1,
  seconds: 1,
  droppedChannels: [],
  splits: {
    validation: {
      ...unnamed,
      queries: [
        query('q', [
          ['b', 0.9],
          ['a', 0.1],
        ]),
        query('r', [
          ['c', 0.9],
          ['d', 0.1],
        ]),
      ],
    },
    test: {
      ...unnamed,
      queries: [
        query('t', [
          ['c', 0.9],
          ['d', 0.1],
        ]),
      ],
    },
  },
};
const tokens = new Map<'validation' | 'test', Run>([
  [
    'validation',
    new Map([
      ['q', [hit('a', 7), hit('b', 3)]],
      ['r', [hit('d', 7), hit('c', 3)]],
    ]),
  ],
  ['test', new Map([['t', [hit('d', 7), hit('c', 3)]]])],
]);

describe('hybridFigures', () => {
  it('takes the weight that is best on validation, and measures every split with it', () => {
    // q: a = 1 - w, b = w, so that a comes first up to w = .5; r: c = w, d = 1 - w: c from .5 on, a tie going to the smaller id
    const { weight, perQuery } = hybridFigures(result, tokens, setsOf(data));
    expect(weight).toBe(0.5);
    expect(perQuery.get('validation')).toEqual(
      new Map([
        ['q', 1],
        ['r', 1],
      ]),
    );
    // t: the same tie, and d is wanted: rank 2
    expect(perQuery.get('test')).toEqual(new Map([['t', expect.closeTo(1 / Math.log2(3), 12)]]));
  });

  it('takes a query that the tokens find nothing for as it is', () => {
    const some = new Map([...tokens, ['test', new Map()] as const]);
    // c before d, d is wanted
    expect(hybridFigures(result, some, setsOf(data)).perQuery.get('test')?.get('t')).toBeCloseTo(1 / Math.log2(3), 12);
  });
});
