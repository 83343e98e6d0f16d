import { describe, expect, it } from 'vitest';
import { createRowAccumulator } from '../../../models/embedding-table.js';
import { fillMaskedBatch, softmaxFeeds } from '../../../training/pretraining/masked-batch.js';
import type { MaskedSequence } from '../../../training/pretraining/masking.js';

/** Row i of the tokens is (i, 0), row i of the positions (0, 10 i). */
const table = (rows: number, row: (i: number) => number[]) => ({
  rows,
  width: 2,
  values: Float32Array.from(Array.from({ length: rows }, (_, i) => row(i)).flat()),
});
const tables = { token: table(9, i => [i, 0]), position: table(4, i => [0, 10 * i]) };

const sequence = (ids: number[], positions: number[], places: number[], targets: number[]): MaskedSequence => ({
  ids: Int32Array.from(ids),
  positions: Int32Array.from(positions),
  places: Int32Array.from(places),
  targets: Int32Array.from(targets),
});
/** A translation of two and one tokens, and two short texts; the longest stands first, to be sorted behind. */
const sequences = [
  sequence([2, 5, 4, 2, 6], [0, 1, 2, 0, 1], [2, 4], [7, 6]),
  sequence([2, 4], [0, 1], [1], [8]),
  sequence([2, 3, 4], [0, 1, 2], [2], [5]),
];
const fill = () =>
  fillMaskedBatch(tables, 'position', sequences, () => [
    { tokens: 3, count: 2 },
    { tokens: 5, count: 1 },
  ]);

describe('fillMaskedBatch', () => {
  it('adds tokens and positions up, time-major, and says where the masked places lie', () => {
    const { feeds, targets } = fill();
    expect(feeds.embedded0.shape).toEqual([3, 2, 2]);
    // first tokens of both short texts, second ones, third ones; the first text has but two
    expect([...feeds.embedded0.values]).toEqual([2, 0, 2, 0, 4, 10, 3, 10, 0, 0, 4, 20]);
    expect([...feeds.bias0.values]).toEqual([0, 0, -1e9, 0, 0, 0].map(Math.fround));
    expect([...feeds.embedded1.values]).toEqual([2, 0, 5, 10, 4, 20, 2, 0, 6, 10]);
    expect([...feeds.bias1.values]).toEqual([0, 0, 0, 0, 0]);
    // row of token t of text n in a chunk of c texts: t c + n, behind the 6 rows of the first chunk
    expect([...(feeds.places.values as Int32Array)]).toEqual([1 * 2 + 0, 2 * 2 + 1, 6 + 2, 6 + 4]);
    expect([...targets]).toEqual([8, 5, 7, 6]);
  });

  it('gives the gradients back to the rows that were read', () => {
    const into = { token: createRowAccumulator(tables.token), position: createRowAccumulator(tables.position) };
    const ones = (count: number): Float32Array => new Float32Array(count).fill(1);
    fill().scatter({ embedded0: ones(12), embedded1: ones(10) }, into);
    const sums = ({ rows, values }: { rows: readonly number[]; values: Float32Array }) =>
      Object.fromEntries(rows.map((row, slot) => [row, values[2 * slot]]));
    // how often each id and each position stands in the sequences
    expect(sums(into.token.gradients())).toEqual({ 2: 4, 3: 1, 4: 3, 5: 1, 6: 1 });
    expect(sums(into.position.gradients())).toEqual({ 0: 4, 1: 4, 2: 2 });
  });
});

describe('softmaxFeeds', () => {
  it('pads places with ones that weigh nothing', () => {
    const softmax = { ids: Int32Array.of(7, 5), slots: Int32Array.of(1, 0), correction: Float32Array.of(1, 2) };
    const feeds = softmaxFeeds({ tables }, softmax, 4);
    expect([...feeds.rows.values]).toEqual([7, 0, 5, 0]);
    expect([...feeds.slots.values]).toEqual([1, 0, 0, 0]);
    expect([...feeds.weights.values]).toEqual([0.5, 0.5, 0, 0]);
    expect([...feeds.correction.values]).toEqual([1, 2]);
    expect([...feeds.tokens.values]).toEqual([7, 5]);
  });

  it('feeds the whole vocabulary without a copy, less a row behind it', () => {
    const softmax = { ids: Int32Array.from({ length: 8 }, (_, i) => i), slots: Int32Array.of(3) };
    const { rows, correction } = softmaxFeeds({ tables }, softmax, 1);
    expect(rows.shape).toEqual([8, 2]);
    expect((rows.values as Float32Array).buffer).toBe(tables.token.values.buffer);
    expect(correction).toBeUndefined();
  });
});
