import type { DenseParameter } from './dense-parameter.js';
import type { OnnxConstant, OnnxGraph } from './recorder/onnx-proto.js';

/** Turns inputs into initialisers of these values: recorded as inputs, the parameters are not copied by every recording. */
export function withInitialisers(
  graph: OnnxGraph,
  names: readonly string[],
  dense: Readonly<Record<string, DenseParameter>>,
): OnnxGraph {
  const own = new Set(names);
  const initialisers = names.map((name): OnnxConstant => {
    const { shape, values } = dense[name];
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return { name, dtype: 'float32', shape, bytes };
  });
  return {
    ...graph,
    inputs: graph.inputs.filter(({ name }) => !own.has(name)),
    constants: [...graph.constants, ...initialisers],
  };
}
