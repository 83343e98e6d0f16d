import { describe, expect, it } from 'vitest';
import type { ModelState } from '../../models/model-state.js';
import { averagedModel, createAverage, followStep, followUnchanged } from '../../training/averaging.js';

/** One dense value, and a table of two rows of one column. */
const model = (): ModelState => ({
  towers: {} as ModelState['towers'],
  dense: { w: { shape: [1], values: Float32Array.of(1) } },
  pretrained: new Set(),
  tables: { word: { rows: 2, width: 1, values: Float32Array.of(0, 8) } },
});

describe('the average', () => {
  it('is the one that follows every value at every step', () => {
    const state = model();
    const average = createAverage(state);
    const decay = 0.5;
    // naive: every row at every step
    const naive = { w: 1, rows: [0, 8] };
    const changes: readonly { w: number; rows: Readonly<Record<number, number>> }[] = [
      { w: 2, rows: { 0: 4 } },
      { w: 3, rows: {} },
      { w: 3, rows: { 0: 6, 1: 2 } },
      { w: 0, rows: {} },
      { w: 1, rows: { 1: 10 } },
      { w: 1, rows: {} },
    ];
    changes.forEach(({ w, rows }, i) => {
      const step = i + 1;
      const touched = { word: Object.keys(rows).map(Number) };
      followUnchanged(average, state, touched, decay, step - 1);
      state.dense.w.values[0] = w;
      for (const [row, value] of Object.entries(rows)) state.tables.word!.values[Number(row)] = value;
      followStep(average, state, touched, decay, step);
      naive.w = decay * naive.w + (1 - decay) * w;
      naive.rows = naive.rows.map((value, row) => decay * value + (1 - decay) * state.tables.word!.values[row]);
    });
    const averaged = averagedModel(average, state, decay, changes.length);
    expect(averaged.dense.w.values[0]).toBeCloseTo(naive.w, 6);
    expect(averaged.tables.word!.values[0]).toBeCloseTo(naive.rows[0], 6);
    expect(averaged.tables.word!.values[1]).toBeCloseTo(naive.rows[1], 6);
    // by hand: row 0 goes 0 -> 4 at step 1, 6 at step 3: 2, 3, 4.5, 5.25, 5.625, 5.8125
    expect(averaged.tables.word!.values[0]).toBeCloseTo(5.8125, 6);
    expect(Array.from(state.tables.word!.values)).toEqual([6, 10]);
  });
});
