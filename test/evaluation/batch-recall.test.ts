import { describe, expect, it } from 'vitest';
import { batchSize, pooledBatchRecall } from '../../src/evaluation/batch-recall.js';

const vectors: Readonly<Record<string, number[]>> = { a: [1, 0], b: [0.8, 0.6], c: [0, 1], twin: [0.8, 0.6] };
const document = (id: string): Float32Array => Float32Array.from(vectors[id]);

describe('pooledBatchRecall', () => {
  it('hand-worked: three pairs in one batch', () => {
    // query [1, 0]: a 1, b .8, c 0. Its own b is second; the second query's a is first; the third one's c is last
    const embedding = Float32Array.of(1, 0);
    const queries = ['b', 'a', 'c'].map(id => ({ embedding, relevant: [id] }));
    expect(pooledBatchRecall({ queries, document }, 1, 1)).toBeCloseTo(1 / 3, 12);
    expect(pooledBatchRecall({ queries, document }, 2, 1)).toBeCloseTo(2 / 3, 12);
    expect(pooledBatchRecall({ queries, document }, 3, 1)).toBe(1);
  });

  it('further relevant documents of the query and the same document of another pair are no rivals', () => {
    const embedding = Float32Array.of(1, 0);
    const both = [{ embedding, relevant: ['a', 'b'] }];
    expect(pooledBatchRecall({ queries: both, document }, 1, 1)).toBe(1);
    const same = [
      { embedding, relevant: ['a'] },
      { embedding, relevant: ['a'] },
    ];
    expect(pooledBatchRecall({ queries: same, document }, 1, 1)).toBe(1);
    // an equal score of another document counts against both
    const twins = ['b', 'twin'].map(id => ({ embedding, relevant: [id] }));
    expect(pooledBatchRecall({ queries: twins, document }, 1, 1)).toBe(0);
  });

  it('more pairs than a batch holds: rivals come from the own batch alone', () => {
    // n queries that like all n documents alike: at K = 44 only the last, shorter batch wins
    const n = batchSize + 44;
    const queries = Array.from({ length: n }, (_, i) => ({ embedding: Float32Array.of(1), relevant: [`d${i}`] }));
    const flat = { queries, document: () => Float32Array.of(1) };
    expect(pooledBatchRecall(flat, 1, 1)).toBe(0);
    expect(pooledBatchRecall(flat, 44, 1)).toBeCloseTo(44 / n, 12);
  });
});
