import { expect, it } from 'vitest';
import { agreementOf } from '../../src/evaluation/changed-queries.js';

const hits = (...ids: string[]) => ids.map((id, at) => ({ id, score: -at }));

it('tells how two runs agree, the queries that change most first', () => {
  const first = new Map([
    ['same', hits('a', 'b')],
    ['turned', hits('a', 'b')],
    ['half', hits('a', 'b')],
    ['other', hits('a', 'b')],
  ]);
  const second = new Map([
    ['same', hits('a', 'b')],
    ['turned', hits('b', 'a')],
    ['half', hits('a', 'c')],
    ['other', hits('c', 'd')],
  ]);
  const agreement = agreementOf(first, second, 2, new Map([['half', 0.5]]));
  // overlaps 1, 1, 1/2, 0; RBO at p = .9 and K = 2: X(2)/2 .81 + .1/.9 (X(1) .9 + X(2)/2 .81)
  const rbo = [1, 0.81 + 0.09, 0.405 + (0.9 + 0.405) / 9, 0];
  expect(agreement).toMatchObject({ queries: 4, overlap: 2.5 / 4, changed: 2, reordered: 1 });
  expect(agreement.rbo).toBeCloseTo((rbo[0] + rbo[1] + rbo[2] + rbo[3]) / 4, 10);
  // turned .9, half .55
  expect(agreement.byChange.map(({ query }) => query)).toEqual(['other', 'half', 'turned', 'same']);
  expect(agreement.byChange[1]).toMatchObject({ overlap: 0.5, gain: 0.5 });
  expect(agreement.byChange[1].rbo).toBeCloseTo(0.55, 10);
});
