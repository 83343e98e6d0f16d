import { describe, expect, it } from 'vitest';
import { createTowers } from '../../models/channels.js';
import type { ModelState } from '../../models/model-state.js';
import {
  applyGradients,
  createOptimiserState,
  createRowAccumulators,
  resetOptimiserState,
} from '../../training/optimiser.js';
import { smallConfig } from './fixture.js';

const config = smallConfig();

/** One parameter of two values and a table of three rows. */
function makeModel(pretrained: readonly string[] = []): ModelState {
  return {
    pretrained: new Set(pretrained),
    towers: createTowers(config.towers, config.textEncoder),
    dense: { bias: { shape: [2], values: Float32Array.of(1, 1) } },
    tables: { word: { rows: 3, width: 2, values: Float32Array.of(1, 1, 2, 2, 3, 3) } },
  };
}

/** One update with gradient (3, 0) of the parameter and (0, 4) of row 1: a norm of 5. */
function update(clipNorm: number, pretrained?: readonly string[], pretrainedLearningRate = 1e-4) {
  const model = makeModel(pretrained);
  const state = createOptimiserState(model);
  const rows = createRowAccumulators(model);
  rows.word!.add(1, Float32Array.of(0, 4), 0, 1);
  const gradients = { loss: Float32Array.of(0), 'gradient:bias': Float32Array.of(3, 0) };
  const norm = applyGradients(model, state, gradients, rows, 0.1, {
    ...config.training,
    clipNorm,
    pretrainedLearningRate,
  });
  return { model, state, norm };
}

describe('applyGradients', () => {
  it('clips parameters and tables together, by one factor', () => {
    const { state, norm } = update(1);
    expect(norm).toBeCloseTo(5, 6);
    // factor 1 / 5: gradients .6 and .8; first moments are a tenth of them
    expect(state.dense.bias.first[0]).toBeCloseTo(0.06, 6);
    expect([...state.tables.word!.first].map(m => Number(m.toFixed(6)))).toEqual([0, 0, 0, 0.08, 0, 0]);
    expect(state.step).toBe(1);
  });

  it('leaves a gradient within the limit as it is', () => {
    const { model, state } = update(5);
    expect(state.dense.bias.first[0]).toBeCloseTo(0.3, 6);
    // the first step of Adam moves by the rate, against the gradient
    expect(model.dense.bias.values[0]).toBeCloseTo(0.9, 5);
    expect(model.tables.word!.values[3]).toBeCloseTo(1.9, 5);
    expect([...model.tables.word!.values.slice(0, 3), ...model.tables.word!.values.slice(4)]).toEqual([1, 1, 2, 3, 3]);
  });

  it('moves what came with an imported encoder at its own rate', () => {
    // the first step of Adam moves by the rate: 0.1 of a full rate of 0.01 is ten times; so 0.002 becomes 0.02
    expect(config.training.learningRate).toBe(0.01);
    const { model } = update(5, ['word'], 0.002);
    expect(model.dense.bias.values[0]).toBeCloseTo(0.9, 5);
    expect(model.tables.word!.values[3]).toBeCloseTo(1.98, 5);
    const { model: other } = update(5, ['bias'], 0.002);
    expect(other.dense.bias.values[0]).toBeCloseTo(0.98, 5);
    expect(other.tables.word!.values[3]).toBeCloseTo(1.9, 5);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('changes nothing when a gradient is %s', bad => {
    const model = makeModel();
    const state = createOptimiserState(model);
    const gradients = { 'gradient:bias': Float32Array.of(bad, 0) };
    const norm = applyGradients(model, state, gradients, createRowAccumulators(model), 0.1, config.training);
    expect(norm).toBe(bad);
    expect(model).toEqual(makeModel());
    expect(state).toEqual(createOptimiserState(makeModel()));
  });
});

describe('resetOptimiserState', () => {
  it('makes the state that a run starts with', () => {
    const { model, state } = update(1);
    expect(state).not.toEqual(createOptimiserState(model));
    resetOptimiserState(state);
    expect(state).toEqual(createOptimiserState(model));
  });
});
