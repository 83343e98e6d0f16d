import type { Tower, TowerName } from '../models/channels.js';
import { createDropout, noiseInputs } from '../models/dropout.js';
import type { InputSpec, RecordedFunction } from '../models/recorder/record.js';
import {
  embedTower,
  type TowerShape,
  tableInputs,
  towerDropoutSites,
  towerInputs,
  towerParameters,
} from '../models/towers.js';
import { auxiliaryParameters } from './auxiliary.js';
import { type Objective, objectiveInputs, totalLoss } from './objective.js';

export interface StepShape {
  readonly towers: Readonly<Record<TowerName, Tower>>;
  readonly tableWidth: number;
  readonly shapes: Readonly<Record<TowerName, TowerShape>>;
  readonly objective: Objective;
}

/** A training step as a pure function: inputs and parameters -> `loss` and `gradient:NAME` for each parameter and table input. */
export interface StepFunction {
  readonly inputs: Readonly<Record<string, InputSpec>>;
  readonly compute: RecordedFunction;
  /** names that gradients are given for */
  readonly learned: readonly string[];
  /** windows of noise that a step reads; 0 without dropout */
  readonly dropoutSites: number;
}

/** Name of the gradient of an input. */
export const gradientOf = (name: string): string => `gradient:${name}`;

/** Builds the step for batches of one shape: both towers, the loss, and its gradients by TensorFlow.js. */
export function createStepFunction({ towers, tableWidth, shapes, objective }: StepShape): StepFunction {
  const both = [towers.query, towers.document];
  const { weight, classes } = objective.auxiliary;
  // a shared encoder is named by both towers and stands here once
  const parameters = Object.entries({
    ...towerParameters(towers.query, tableWidth),
    ...towerParameters(towers.document, tableWidth),
    ...(weight > 0 && auxiliaryParameters(towers.document.embeddingWidth, classes)),
  });
  const inputs = objectiveInputs(objective, shapes.query.batch, shapes.document.batch);
  for (const tower of both) Object.assign(inputs, towerInputs(tower, tableWidth, shapes[tower.name]));
  for (const [name, shape] of parameters) inputs[name] = { dtype: 'float32', shape };
  const sites = towers.document.encoder.dropout > 0 ? both.reduce((sum, t) => sum + towerDropoutSites(t), 0) : 0;
  if (sites > 0) Object.assign(inputs, noiseInputs(sites));
  const learned = [
    ...parameters.map(([name]) => name),
    ...both.flatMap(tower => tableInputs(tower, shapes[tower.name])),
  ];
  const compute: RecordedFunction = (tf, given) => {
    const { value, grads } = tf.valueAndGrads((...tensors) => {
      const all = { ...given, ...Object.fromEntries(learned.map((name, i) => [name, tensors[i]])) };
      const dropout = sites > 0 ? createDropout(tf, given.noise, given['noise.starts']) : undefined;
      const [query, document] = both.map(tower => embedTower(tf, tower, all, all, shapes[tower.name], dropout));
      return totalLoss(tf, objective, towers, { query, document }, all).asScalar();
    })(learned.map(name => given[name]));
    return { loss: value, ...Object.fromEntries(learned.map((name, i) => [gradientOf(name), grads[i]])) };
  };
  return { inputs, compute, learned, dropoutSites: sites };
}
