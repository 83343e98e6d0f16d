import { createRequire } from 'node:module';
import type { DataType } from '@tensorflow/tfjs';
import type { Feed } from '../models/feed.js';
import { encodeModel } from '../models/recorder/onnx-proto.js';
import { record } from '../models/recorder/record.js';
import { loadTensorFlow } from '../models/recorder/tensorflow.js';
import { createNativeGraph } from '../models/runtime/session.js';
import type { TrainingConfig } from '../src/config/training.js';
import { TandemError } from '../src/errors/tandem-error.js';
import type { StepFunction } from './step.js';

/** Runs training steps of one shape. */
export interface StepEngine {
  run(feeds: Readonly<Record<string, Feed>>): Promise<Record<string, Float32Array>>;
  close(): Promise<void>;
}

/** Makes an engine for a step: recorded and run natively, or eager on a TensorFlow.js backend. */
export type EngineFactory = (step: StepFunction) => Promise<StepEngine>;

const recordedEngine =
  ({ threads, provider }: Pick<TrainingConfig, 'threads' | 'provider'>): EngineFactory =>
  async ({ inputs, compute }) =>
    createNativeGraph(encodeModel(record(inputs, compute)), { threads, provider }).catch(error => {
      if (provider === 'cpu') throw error;
      const message = `onnxruntime cannot run on ${provider} here: ${error instanceof Error ? error.message : error}`;
      throw new TandemError('training/provider-missing', message, { provider }, { cause: error });
    });

/** The same functions computed operation by operation; for comparison. */
const eagerEngine =
  (backend: string): EngineFactory =>
  async ({ inputs, compute }) => {
    const tf = loadTensorFlow();
    await tf.setBackend(backend);
    return {
      async run(feeds) {
        const results = tf.tidy(() => {
          const tensors = Object.fromEntries(
            Object.entries(inputs).map(([name, { dtype, shape }]) => [
              name,
              tf.tensor(
                feeds[name].values as Float32Array | Int32Array,
                [...shape],
                dtype as DataType & ('float32' | 'int32'),
              ),
            ]),
          );
          return compute(tf, tensors);
        });
        const values = Object.fromEntries(
          Object.entries(results).map(([name, tensor]) => [name, tensor.dataSync() as Float32Array]),
        );
        tf.dispose(results);
        return values;
      },
      async close() {},
    };
  };

/** Puts the native backend of the optional package into TensorFlow.js. @throws TandemError 'training/engine-missing' */
function loadTensorFlowNode(): void {
  try {
    createRequire(import.meta.url)('@tensorflow/tfjs-node');
  } catch (error) {
    throw new TandemError('training/engine-missing', '@tensorflow/tfjs-node is not installed', {}, { cause: error });
  }
}

/**
 * The engine that the configuration names. The eager tfjs-node one needs the optional package: `npm run setup:tfjs-node`.
 * @throws TandemError 'training/engine-missing'; its steps 'training/provider-missing'
 */
export function engineOf({
  engine,
  threads,
  provider,
}: Pick<TrainingConfig, 'engine' | 'threads' | 'provider'>): EngineFactory {
  if (engine === 'recorded') return recordedEngine({ threads, provider });
  if (engine === 'eager-tfjs-node') loadTensorFlowNode();
  return eagerEngine(engine === 'eager-cpu' ? 'cpu' : 'tensorflow');
}
