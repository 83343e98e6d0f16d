import { InferenceSession, Tensor as NativeTensor } from 'onnxruntime-node';
import { expect, vi } from 'vitest';
import { encodeModel, type OnnxGraph } from '../../../models/recorder/onnx-proto.js';
import { record } from '../../../models/recorder/record.js';
import { loadTensorFlow, type Tensor, type Tf } from '../../../models/recorder/tensorflow.js';
import { seededRandom } from '../../../src/math/random.js';

export type Dtype = 'float32' | 'int32' | 'bool';

/** A tensor by value; what is fed to a recorded graph and to TensorFlow.js alike. */
export interface Values {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

export type Compute = (tf: Tf, inputs: Readonly<Record<string, Tensor>>) => Tensor | readonly Tensor[];
export type Given = Readonly<Record<string, Values>>;

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

export const given = (dtype: Dtype, shape: readonly number[], values: readonly number[]): Values => {
  if (values.length !== sizeOf(shape)) throw new Error(`${values.length} values do not fill [${shape.join()}]`);
  return { dtype, shape, values };
};

/** Numbers drawn evenly from [low, high), the same for the same shape and seed. */
export function floats(shape: readonly number[], low = -2, high = 2, seed = 1): Values {
  const random = seededRandom(seed * 7919 + shape.length);
  const values = Array.from({ length: sizeOf(shape) }, () => Math.fround(low + (high - low) * random.next()));
  return { dtype: 'float32', shape, values };
}

/** Whole numbers from [low, high). */
export function ints(shape: readonly number[], low = -4, high = 5, seed = 1): Values {
  return { dtype: 'int32', shape, values: floats(shape, low, high, seed).values.map(Math.floor) };
}

export function bools(shape: readonly number[], seed = 1): Values {
  return { dtype: 'bool', shape, values: floats(shape, 0, 1, seed).values.map(Math.round) };
}

const asList = (result: Tensor | readonly Tensor[]): readonly Tensor[] =>
  Array.isArray(result) ? (result as readonly Tensor[]) : [result as Tensor];

/** Runs a computation with TensorFlow.js itself, on the pure JavaScript backend unless told otherwise. */
export function runEagerly(inputs: Given, compute: Compute, backend = 'cpu'): Values[] {
  const tf = loadTensorFlow();
  tf.setBackend(backend);
  return tf.tidy(() => {
    const tensors = Object.fromEntries(
      Object.entries(inputs).map(([name, { values, shape, dtype }]) => [
        name,
        tf.tensor([...values], [...shape], dtype) as Tensor,
      ]),
    );
    return asList(compute(tf, tensors)).map(tensor => ({
      dtype: tensor.dtype as Dtype,
      shape: tensor.shape,
      values: Array.from(tensor.dataSync(), Number),
    }));
  }) as Values[];
}

export function nativeTensor({ dtype, shape, values }: Values): NativeTensor {
  if (dtype === 'float32') return new NativeTensor('float32', Float32Array.from(values), shape);
  if (dtype === 'int32') return new NativeTensor('int32', Int32Array.from(values), shape);
  return new NativeTensor('bool', Uint8Array.from(values), shape);
}

/** Runs an ONNX model as it comes from the recorder; the shapes are those that onnxruntime found, not those that were declared. */
export async function runNative(model: Uint8Array, inputs: Given): Promise<Record<string, Values>> {
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const feeds = Object.entries(inputs).filter(([name]) => session.inputNames.includes(name));
  const results = await session.run(Object.fromEntries(feeds.map(([name, values]) => [name, nativeTensor(values)])));
  await session.release();
  return Object.fromEntries(
    Object.entries(results).map(([name, { dims, type, data }]) => [
      name,
      { dtype: type as Dtype, shape: dims, values: Array.from(data as Float32Array, Number) },
    ]),
  );
}

/** Records a computation; its results are called result0, result1, ... @returns the names of the kernels that it called, too */
export function recordGraph(inputs: Given, compute: Compute): { graph: OnnxGraph; kernels: ReadonlySet<string> } {
  const spy = vi.spyOn(loadTensorFlow().engine(), 'runKernel');
  try {
    const graph = record(inputs, (tf, tensors) =>
      Object.fromEntries(asList(compute(tf, tensors)).map((tensor, i) => [`result${i}`, tensor])),
    );
    return { graph, kernels: new Set(spy.mock.calls.map(([name]) => name)) };
  } finally {
    spy.mockRestore();
  }
}

/** Records a computation and runs the graph; what it declares of its outputs must be what onnxruntime finds. */
export async function runRecorded(inputs: Given, compute: Compute): Promise<Values[]> {
  const { graph } = recordGraph(inputs, compute);
  const results = await runNative(encodeModel(graph), inputs);
  return graph.outputs.map(({ name, dtype, shape }) => {
    const found = results[name];
    expect({ dtype: found.dtype, shape: found.shape }).toEqual({ dtype, shape });
    return found;
  });
}

/** Largest |a - b| / max(1, |b|); infinities and NaN must be met exactly. */
export function largestDifference(actual: readonly number[], wanted: readonly number[]): number {
  let largest = 0;
  wanted.forEach((b, i) => {
    const a = actual[i];
    if (Object.is(a, b) || a === b) return;
    const difference = Math.abs(a - b) / Math.max(1, Math.abs(b));
    largest = Math.max(largest, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
  });
  return largest;
}

export function expectClose(actual: Values, wanted: Values, tolerance: number, about = ''): void {
  expect({ dtype: actual.dtype, shape: actual.shape }, about).toEqual({ dtype: wanted.dtype, shape: wanted.shape });
  expect(actual.values.length).toBe(wanted.values.length);
  expect(largestDifference(actual.values, wanted.values), about).toBeLessThanOrEqual(tolerance);
}

/**
 * The recorded graph and TensorFlow.js cpu give the same dtypes, shapes and values.
 * @param tolerance  of float32; other dtypes must be equal
 */
export async function expectParity(inputs: Given, compute: Compute, tolerance = 1e-5): Promise<void> {
  expectAllClose(await runRecorded(inputs, compute), runEagerly(inputs, compute), tolerance);
}

export function expectAllClose(results: readonly Values[], wanted: readonly Values[], tolerance: number): void {
  expect(results.length).toBe(wanted.length);
  results.forEach((result, i) => {
    expectClose(result, wanted[i], wanted[i].dtype === 'float32' ? tolerance : 0);
  });
}
