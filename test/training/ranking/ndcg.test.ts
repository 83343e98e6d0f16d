import { describe, expect, it } from 'vitest';
import { ndcg } from '../../../src/evaluation/metrics.js';
import { seededRandom } from '../../../src/math/random.js';
import { ndcgMeter } from '../../../training/ranking/ndcg.js';
import type { RankingRows } from '../../../training/ranking/rows.js';

const rowsOf = (gains: readonly number[], groups: readonly number[], weights?: readonly number[]): RankingRows => ({
  features: [],
  columns: [],
  gains: Float64Array.from(gains),
  groups: Uint32Array.from(groups),
  weights: weights && Float64Array.from(weights),
});

const log3 = 1 / Math.log2(3);

describe('ndcgMeter', () => {
  it('is the worked example', () => {
    // scores put gains 1, 0, 2 in that order; best 2, 1, 0
    const meter = ndcgMeter(rowsOf([2, 0, 1], [0, 3]), 10);
    expect(meter(Float64Array.of(1, 2, 3))).toBeCloseTo((1 + 2 * 0.5) / (2 + log3), 12);
  });

  it('looks at the first k alone', () => {
    const meter = ndcgMeter(rowsOf([2, 0, 1], [0, 3]), 1);
    expect(meter(Float64Array.of(1, 2, 3))).toBe(0.5);
  });

  it('takes documents of equal scores in the order of their rows', () => {
    expect(ndcgMeter(rowsOf([1, 0], [0, 2]), 10)(Float64Array.of(5, 5))).toBe(1);
    expect(ndcgMeter(rowsOf([0, 1], [0, 2]), 10)(Float64Array.of(5, 5))).toBeCloseTo(log3, 12);
  });

  it('is the weighted mean over queries that have a gain', () => {
    const rows = rowsOf([1, 0, 0, 0, 0, 1], [0, 2, 4, 4, 6], [1, 9, 9, 3]);
    expect(ndcgMeter(rows, 10)(new Float64Array(6))).toBeCloseTo((1 + 3 * log3) / 4, 12);
    expect(ndcgMeter(rowsOf([0, 0], [0, 2]), 10)(new Float64Array(2))).toBe(0);
  });

  it('is what the evaluation measures', () => {
    const random = seededRandom(4);
    const gains = Array.from({ length: 60 }, () => random.below(4));
    const scores = Float64Array.from(gains, () => random.next());
    const ids = [...scores.keys()].sort((a, b) => scores[b] - scores[a]).map(String);
    const judged = new Map(gains.map((gain, row) => [`${row}`, gain]));
    expect(ndcgMeter(rowsOf(gains, [0, 60]), 10)(scores)).toBeCloseTo(ndcg(ids, judged, 10, 1), 12);
  });
});
