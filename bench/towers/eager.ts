import { createRequire } from 'node:module';
import type * as tfjs from '@tensorflow/tfjs';
import { loadTensorFlow, type Tf } from '../../models/recorder/tensorflow.js';
import type { NamedArray } from '../../models/safetensors.js';
import type { Entry } from '../frame.js';
import { timed } from '../measure.js';
import type { TowerSizes } from './sizes.js';
import { featureTensors, twoTowersLoss } from './two-towers.js';

/** Puts the native backend of @tensorflow/tfjs-node into TensorFlow.js. @returns whether that optional package is installed */
function addNativeBackend(): boolean {
  try {
    createRequire(import.meta.url)('@tensorflow/tfjs-node');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return false;
    throw error;
  }
}

/** tensorflow = the native one of @tensorflow/tfjs-node; cpu = plain JavaScript */
export type EagerBackend = 'tensorflow' | 'cpu';

interface Work {
  readonly parameters: ReadonlyMap<string, NamedArray>;
  readonly features: ReadonlyMap<string, NamedArray>;
  readonly sizes: TowerSizes;
}

/** One step: loss, gradients, dense Adam. @returns the loss before the update */
function makeStep(tf: Tf, { parameters, features, sizes }: Work): { step: () => number; dispose: () => void } {
  const variables: Record<string, tfjs.Variable> = {};
  for (const [name, { shape, values }] of parameters) {
    variables[name] = tf.tidy(() => tf.variable(tf.tensor(values, [...shape], 'float32'), true));
  }
  const inputs = featureTensors(tf, features);
  const adam = tf.train.adam(sizes.learningRate, 0.9, 0.999, 1e-8);
  const trained = Object.values(variables);
  const step = (): number => {
    const loss = adam.minimize(() => twoTowersLoss(tf, sizes, variables, inputs), true, trained)!;
    const [value] = loss.dataSync();
    loss.dispose();
    return value;
  };
  return { step, dispose: () => [adam, ...trained, ...Object.values(inputs)].forEach(held => void held.dispose()) };
}

/** An eager contestant of the training-step bench; missing where its package is not installed. */
export async function eagerEntry(name: string, backend: EagerBackend, work: Work, rounds?: number): Promise<Entry> {
  const tf = loadTensorFlow();
  if (backend === 'tensorflow' && !addNativeBackend())
    return { name, missing: 'package @tensorflow/tfjs-node (npm run setup:tfjs-node)' };
  const use = async (): Promise<void> => {
    if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no backend ${backend}`);
  };
  await use();
  const { step, dispose } = makeStep(tf, work);
  const sample = async () => {
    await use();
    return timed(async () => [step()]);
  };
  const close = async (): Promise<void> => {
    await use();
    dispose();
  };
  return { contestant: { name, sample, close, rounds }, version: tf.version['tfjs-core'] };
}
