import type { TableName } from '../models/channels.js';
import { createRowAccumulator, type RowAccumulator } from '../models/embedding-table.js';
import type { ModelState } from '../models/model-state.js';
import type { TrainingConfig } from '../src/config/training.js';
import { type Average, averagedModel, createAverage, followStep, followUnchanged } from './averaging.js';
import { clipFactor, sumOfSquares } from './gradient-clip.js';
import { layerFactor } from './layer-rates.js';
import { adamDense, adamRows, createMoments, type Moments } from './optimisers/adam.js';
import { gradientOf } from './step.js';

/** What an update needs to know of the configuration. */
export type UpdateSettings = Pick<
  TrainingConfig,
  'clipNorm' | 'adam' | 'averaging' | 'learningRate' | 'pretrainedLearningRate' | 'layerDecay'
>;

/** State of Adam for every parameter and table, and the number of steps taken. */
export interface OptimiserState {
  step: number;
  readonly dense: Readonly<Record<string, Moments>>;
  readonly tables: Readonly<Partial<Record<TableName, Moments>>>;
  /** of all steps, over resets, with `training.averaging` */
  readonly average?: Average;
  /** steps that the average has followed */
  followed: number;
}

export function createOptimiserState(model: ModelState, averaging = 0): OptimiserState {
  const { dense, tables } = model;
  return {
    step: 0,
    dense: Object.fromEntries(Object.entries(dense).map(([name, { values }]) => [name, createMoments(values.length)])),
    tables: Object.fromEntries(
      Object.entries(tables).map(([name, { values }]) => [name, createMoments(values.length)]),
    ),
    ...(averaging > 0 && { average: createAverage(model) }),
    followed: 0,
  };
}

/** Moments and step count back to zero, as at the start. Before the first step they are: memory that no row has touched stays untouched. */
export function resetOptimiserState(state: OptimiserState): void {
  if (state.step === 0) return;
  state.step = 0;
  for (const { first, second } of [...Object.values(state.dense), ...Object.values(state.tables)]) {
    first.fill(0);
    second.fill(0);
  }
}

export type RowAccumulators = Readonly<Partial<Record<TableName, RowAccumulator>>>;

export const createRowAccumulators = ({ tables }: ModelState): RowAccumulators =>
  Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, createRowAccumulator(table)]));

/**
 * One update of the model, in place: clips all gradients together, then Adam, dense for the parameters and lazy for the tables.
 * @param gradients  by `gradient:NAME`
 * @param rows       gradients of the table rows that the batch touched
 * @param rate       of this step; what came with an imported encoder takes the same part of its own full rate
 * @returns the norm of all gradients before clipping; where it is not finite, nothing is changed
 */
export function applyGradients(
  model: ModelState,
  state: OptimiserState,
  gradients: Readonly<Record<string, Float32Array>>,
  rows: RowAccumulators,
  rate: number,
  { clipNorm, adam, averaging, learningRate, pretrainedLearningRate, layerDecay }: UpdateSettings,
): number {
  let squares = 0;
  for (const name of Object.keys(model.dense)) squares += sumOfSquares(gradients[gradientOf(name)]);
  for (const [name, table] of Object.entries(model.tables)) {
    const touched = rows[name as TableName]!.gradients();
    squares += sumOfSquares(touched.values, touched.rows.length * table.width);
  }
  const norm = Math.sqrt(squares);
  if (!Number.isFinite(norm)) return norm;
  const scale = clipFactor(norm, clipNorm);
  const pretrainedRate = (rate * pretrainedLearningRate) / learningRate;
  const rateOf = (name: string): number =>
    (model.pretrained.has(name) ? pretrainedRate : rate) * layerFactor(name, model.towers, layerDecay);
  state.step++;
  const touched = Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, row.gradients().rows]));
  if (state.average !== undefined) followUnchanged(state.average, model, touched, averaging, state.followed);
  for (const [name, { values }] of Object.entries(model.dense)) {
    adamDense(values, state.dense[name], gradients[gradientOf(name)], scale, rateOf(name), state.step, adam);
  }
  for (const [name, { values, width }] of Object.entries(model.tables)) {
    const touched = rows[name as TableName]!.gradients();
    adamRows(values, width, state.tables[name as TableName]!, touched, scale, rateOf(name), state.step, adam);
  }
  if (state.average !== undefined) followStep(state.average, model, touched, averaging, ++state.followed);
  return norm;
}

/** The model that is validated and written: the average of what was learnt, where one is kept. */
export const learntModel = (model: ModelState, { average, followed }: OptimiserState, averaging: number): ModelState =>
  average === undefined ? model : averagedModel(average, model, averaging, followed);
