import { describe, expect, it } from 'vitest';
import type { Run } from '../../../src/evaluation/trec.js';
import { hybridFigures } from '../../../training/ablation/hybrid.js';
import { setsOf } from '../../../training/ablation/measure.js';
import type { RunResult } from '../../../training/ablation/results.js';
import { makeData } from '../fixture.js';

const documents = ['a', 'b', 'c', 'd'].map(id => ({ id, title: id }));
const judged = (relevant: readonly (readonly [string, string])[]) => ({
  queries: relevant.map(([id]) => ({ id, text: id })),
  qrels: new Map(relevant.map(([query, document]) => [query, new Map([[document, 1]])])),
});
const names = (letter: string, n: number): string[] => Array.from({ length: n }, (_, i) => `${letter}${i}`);
/** Queries that the tokens answer rightly, and many more that the vectors do. */
const [right, wrong] = [names('q', 2), names('r', 18)];
const validation = judged([...right.map(id => [id, 'a'] as const), ...wrong.map(id => [id, 'c'] as const)]);
const data = { ...makeData(), documents, validation, test: judged([['t', 'd']]) };

const hit = (id: string, score: number) => ({ id, score });
const query = (id: string, ...ids: string[]) => ({
  id,
  figures: {},
  hits: ids.map((document, i): [string, number] => [document, 0.9 - 0.8 * i]),
});
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
      queries: [...right.map(id => query(id, 'b', 'a')), ...wrong.map(id => query(id, 'c', 'd'))],
    },
    test: { ...unnamed, queries: [query('t', 'c', 'd')] },
  },
};
const tokens = new Map<'validation' | 'test', Run>([
  [
    'validation',
    new Map([
      ...right.map(id => [id, [hit('a', 7), hit('b', 3)]] as const),
      ...wrong.map(id => [id, [hit('d', 7), hit('c', 3)]] as const),
    ]),
  ],
  ['test', new Map([['t', [hit('d', 7), hit('c', 3)]]])],
]);

describe('hybridFigures', () => {
  it('takes the weight that is best on validation, and measures every split with it', () => {
    // tokens from 2.7 to 7, the second .3/4.3. q: a 1 - w, b .3/4.3 (1 - w) + w; r: d and c likewise: c stands before d, and b before a, from .5 on
    const { weight, perQuery } = hybridFigures(result, tokens, setsOf(data));
    expect(weight).toBe(0.5);
    const second = 1 / Math.log2(3);
    expect(perQuery.get('validation')).toEqual(
      new Map([...right.map(id => [id, expect.closeTo(second, 12)] as const), ...wrong.map(id => [id, 1] as const)]),
    );
    // t: c before d as well, and d is wanted
    expect(perQuery.get('test')).toEqual(new Map([['t', expect.closeTo(second, 12)]]));
  });

  it('takes a query that the tokens find nothing for as it is', () => {
    const some = new Map([...tokens, ['test', new Map()] as const]);
    // c before d, d is wanted
    expect(hybridFigures(result, some, setsOf(data)).perQuery.get('test')?.get('t')).toBeCloseTo(1 / Math.log2(3), 12);
  });
});
