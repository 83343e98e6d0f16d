import type { DataType, KernelConfig, NamedTensorMap } from '@tensorflow/tfjs';
import { TandemError } from '../../src/errors/tandem-error.js';
import { backendName, createRecorderBackend, elementType, type RecorderBackend } from './backend.js';
import { mappedKernels } from './kernels/index.js';
import type { OnnxGraph } from './onnx-proto.js';
import { loadTensorFlow, type Tensor, type Tf } from './tensorflow.js';

/** What is fed to a recorded graph. */
export interface InputSpec {
  readonly dtype: DataType;
  readonly shape: readonly number[];
}

/** A computation over named tensors; pure, written in TensorFlow.js operations alone. */
export type RecordedFunction = (tf: Tf, inputs: Readonly<Record<string, Tensor>>) => NamedTensorMap;

/** A kernel of the TensorFlow.js cpu backend that has no mapping: calling it names it. */
const unmapped = (kernelName: string): KernelConfig => ({
  kernelName,
  backendName,
  kernelFunc: () => {
    throw new TandemError('recorder/unmapped-kernel', `the TensorFlow.js kernel ${kernelName} is not mapped to ONNX`, {
      kernelName,
    });
  },
});

function registerRecorder(tf: Tf): RecorderBackend {
  const known = tf.findBackend(backendName) as RecorderBackend | null;
  if (known !== null) return known;
  const backend = createRecorderBackend(tf);
  tf.registerBackend(backendName, () => backend, 0);
  for (const [kernelName, kernel] of Object.entries(mappedKernels)) {
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs }) =>
        kernel({ tf, backend, inputs: inputs as Parameters<typeof kernel>[0]['inputs'], attributes: attrs ?? {} }),
    });
  }
  for (const { kernelName } of tf.getKernelsForBackend('cpu')) {
    if (!(kernelName in mappedKernels)) tf.registerKernel(unmapped(kernelName));
  }
  tf.findBackend(backendName);
  return backend;
}

/**
 * Records a function as an ONNX graph: runs it once with symbols for tensors. Constants that it makes become initialisers.
 * @param inputs  name -> dtype and shape of what is fed when the graph runs
 * @returns the graph; its inputs and outputs carry the names of `inputs` and of the function's result
 * @throws TandemError 'recorder/unmapped-kernel', naming the kernel; 'recorder/value-not-known' when a value is read
 */
export function record(inputs: Readonly<Record<string, InputSpec>>, compute: RecordedFunction): OnnxGraph {
  const tf = loadTensorFlow();
  // Chooses a backend where none was used yet: otherwise there would be none to go back to.
  tf.backend();
  const before = tf.getBackend();
  const backend = registerRecorder(tf);
  tf.setBackend(backendName);
  try {
    backend.begin();
    const symbols = Object.fromEntries(
      Object.entries(inputs).map(([name, { dtype, shape }]) => [name, backend.input(name, shape, dtype)]),
    );
    const results = compute(tf, symbols);
    const outputs = Object.entries(results).map(([name, tensor]) => {
      const dtype = elementType(tensor.dtype);
      const source = backend.nameOf(tensor);
      backend.graph.nodes.push({ op: 'Identity', domain: '', inputs: [source], outputs: [name], attributes: {} });
      return { name, dtype, shape: tensor.shape };
    });
    return {
      nodes: backend.graph.nodes,
      constants: backend.graph.constants,
      inputs: Object.entries(inputs).map(([name, { dtype, shape }]) => ({ name, dtype: elementType(dtype), shape })),
      outputs,
    };
  } finally {
    tf.setBackend(before);
  }
}

/** Whether the computation is being recorded just now; layers use fused kernels then and plain operations otherwise. */
export const isRecording = (tf: Tf): boolean => tf.getBackend() === backendName;

/** Calls a kernel of kernels/fused.ts. Only while recording. */
export function fusedKernel(
  tf: Tf,
  name: string,
  inputs: Readonly<Record<string, Tensor>>,
  attributes: Readonly<Record<string, number | boolean>>,
): Tensor[] {
  const result = tf.engine().runKernel(name, inputs as NamedTensorMap, attributes as Record<string, number | boolean>);
  return (Array.isArray(result) ? result : [result]) as Tensor[];
}
