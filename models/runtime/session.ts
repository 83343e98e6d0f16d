import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Feed, FeedValues } from '../feed.js';

export interface SessionOptions {
  /** threads of one run; 0 = all cores */
  readonly threads?: number;
  /** what onnxruntime runs the graph on, handed to it as it is; what it cannot run falls back to the processor */
  readonly provider?: 'cpu' | 'webgpu' | 'cuda';
}

/** What a graph says about one of its inputs or outputs. */
export interface GraphValue {
  readonly name: string;
  /** `float32`, `int64`, ...; other for what is no tensor */
  readonly type: string;
  /** a size that is not fixed is undefined */
  readonly shape: readonly (number | undefined)[];
}

/** A native graph, ready to run. Runs block the calling thread and must not overlap. */
export interface NativeGraph {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  /** Feeds by name -> results by name, float32. */
  run(feeds: Readonly<Record<string, Feed>>): Promise<Record<string, Float32Array>>;
  close(): Promise<void>;
}

const elementOf = (values: FeedValues): 'float32' | 'int32' | 'int64' | 'bool' => {
  if (values instanceof Float32Array) return 'float32';
  if (values instanceof Int32Array) return 'int32';
  return values instanceof BigInt64Array ? 'int64' : 'bool';
};

function asGraphValue(value: InferenceSession.ValueMetadata): GraphValue {
  if (!value.isTensor) return { name: value.name, type: 'other', shape: [] };
  const size = (dimension: number | string): number | undefined =>
    typeof dimension === 'number' && dimension > 0 ? dimension : undefined;
  return { name: value.name, type: value.type, shape: value.shape.map(size) };
}

/**
 * Loads an ONNX model into onnxruntime. Threads do not spin while idle, so that other work has the cores.
 * @throws Error of onnxruntime where it has no such provider here
 */
export async function createNativeGraph(
  model: Uint8Array,
  { threads = 0, provider = 'cpu' }: SessionOptions = {},
): Promise<NativeGraph> {
  const session = await InferenceSession.create(model, {
    executionProviders: [provider],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    inputs: session.inputMetadata.map(asGraphValue),
    outputs: session.outputMetadata.map(asGraphValue),
    async run(feeds) {
      const tensors = Object.fromEntries(
        Object.entries(feeds).map(([name, { values, shape }]) => [name, new Tensor(elementOf(values), values, shape)]),
      );
      const results = await session.run(tensors);
      return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, tensor.data as Float32Array]));
    },
    close: () => session.release(),
  };
}
