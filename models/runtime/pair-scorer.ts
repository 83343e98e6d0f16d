import { TandemError } from '../../src/errors/tandem-error.js';
import { createNativeGraph, type GraphValue, type NativeGraph } from './session.js';

/** Pairs of one query with n documents: `query` [D], `documents` [n * D], `inputs` [n * I], `first` [n], all float32. */
interface Pairs {
  readonly query: Float32Array;
  readonly documents: Float32Array;
  readonly inputs: Float32Array;
  readonly first: Float32Array;
}

/**
 * Opens the network of a ranker (models/ranking-network.ts).
 * @param shape  D and I; where D is 0 it looks at no embeddings
 * @throws TandemError 'ranker/damaged' where it is none of this shape
 */
export async function openPairScorer(
  network: Uint8Array,
  { width, inputs }: { readonly width: number; readonly inputs: number },
): Promise<{ score(pairs: Pairs): Promise<Float32Array>; close(): Promise<void> }> {
  const graph = await createNativeGraph(network, { threads: 1 }).catch((error: unknown) => {
    throw new TandemError('ranker/damaged', 'onnxruntime cannot read the network of the ranker', {}, { cause: error });
  });
  if (!fits(graph, width, inputs)) {
    await graph.close();
    throw new TandemError(
      'ranker/damaged',
      `the network of the ranker is not one of ${inputs} inputs and embeddings of ${width} numbers`,
    );
  }
  return {
    score: async ({ query, documents, inputs: values, first }) => {
      const count = first.length;
      const embeddings = {
        query: { values: query, shape: [1, width] },
        documents: { values: documents, shape: [count, width] },
      };
      const results = await graph.run({
        ...(width > 0 && embeddings),
        inputs: { values, shape: [count, inputs] },
        first: { values: first, shape: [count] },
      });
      return results.score;
    },
    close: () => graph.close(),
  };
}

function fits(graph: NativeGraph, width: number, inputs: number): boolean {
  const expected: Record<string, readonly (number | undefined)[]> = {
    ...(width > 0 && { query: [1, width], documents: [undefined, width] }),
    inputs: [undefined, inputs],
    first: [undefined],
  };
  const isOf = ({ name, type, shape }: GraphValue): boolean =>
    type === 'float32' &&
    expected[name]?.length === shape.length &&
    shape.every((size, axis) => size === expected[name][axis]);
  const [score] = graph.outputs;
  return (
    graph.inputs.length === Object.keys(expected).length &&
    graph.inputs.every(isOf) &&
    graph.outputs.length === 1 &&
    score.name === 'score' &&
    score.type === 'float32'
  );
}
