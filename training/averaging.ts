import type { TableName } from '../models/channels.js';
import type { ModelState } from '../models/model-state.js';

/** Exponential moving average of everything that a model learns, beside it. */
export interface Average {
  readonly dense: Readonly<Record<string, Float32Array>>;
  readonly tables: Readonly<Partial<Record<TableName, AveragedTable>>>;
}

interface AveragedTable {
  readonly values: Float32Array;
  /** by row: the last step that it has followed */
  readonly seen: Int32Array;
}

export const createAverage = ({ dense, tables }: ModelState): Average => ({
  dense: Object.fromEntries(Object.entries(dense).map(([name, { values }]) => [name, values.slice()])),
  tables: Object.fromEntries(
    Object.entries(tables).map(([name, { values, rows }]) => [
      name,
      { values: values.slice(), seen: new Int32Array(rows) },
    ]),
  ),
});

/**
 * Follows table rows over the steps that left them alone: a value that stays is approached by a factor of `decay` a step, so after n steps
 * average = value + decay^n (average - value). So a step costs what it touches, not the whole table. To be called before the rows change.
 * @param through  last step that left them alone
 */
export function followUnchanged(
  average: Average,
  { tables }: ModelState,
  touched: Readonly<Partial<Record<TableName, Iterable<number>>>>,
  decay: number,
  through: number,
): void {
  for (const [name, rows] of Object.entries(touched)) {
    const { values, seen } = average.tables[name as TableName]!;
    const { values: present, width } = tables[name as TableName]!;
    for (const row of rows) {
      const kept = decay ** (through - seen[row]);
      for (let i = row * width; i < (row + 1) * width; i++) values[i] = present[i] + kept * (values[i] - present[i]);
      seen[row] = through;
    }
  }
}

/** Takes in a step that has just changed the dense parameters and some rows: average = decay average + (1 - decay) value. */
export function followStep(
  average: Average,
  { dense, tables }: ModelState,
  touched: Readonly<Partial<Record<TableName, Iterable<number>>>>,
  decay: number,
  step: number,
): void {
  for (const [name, { values }] of Object.entries(dense)) {
    const into = average.dense[name];
    for (let i = 0; i < into.length; i++) into[i] = decay * into[i] + (1 - decay) * values[i];
  }
  for (const [name, rows] of Object.entries(touched)) {
    const { values, seen } = average.tables[name as TableName]!;
    const { values: present, width } = tables[name as TableName]!;
    for (const row of rows) {
      for (let i = row * width; i < (row + 1) * width; i++) values[i] = decay * values[i] + (1 - decay) * present[i];
      seen[row] = step;
    }
  }
}

/** The averaged model, every row followed through `step`; the model itself stays as it is. */
export function averagedModel(average: Average, model: ModelState, decay: number, step: number): ModelState {
  const dense = Object.fromEntries(
    Object.entries(model.dense).map(([name, { shape }]) => [name, { shape, values: average.dense[name] }]),
  );
  const rows = Object.fromEntries(
    Object.entries(model.tables).map(([name, table]) => [name, Array(table.rows).keys()]),
  );
  followUnchanged(average, model, rows, decay, step);
  const tables = Object.fromEntries(
    Object.entries(model.tables).map(([name, table]) => [
      name,
      { ...table, values: average.tables[name as TableName]!.values },
    ]),
  );
  return { ...model, dense, tables };
}
