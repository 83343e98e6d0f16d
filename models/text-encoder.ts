import type { Encoder } from './channels.js';
import { type Dropout, type Parameters, transformerLayer } from './layers/transformer.js';
import type { Tensor, Tf } from './recorder/tensorflow.js';

/** Sequences of about the same length, encoded together: so little of the work goes into padding. */
export interface TextChunk {
  /** token and position embeddings added up, [T, n, width], time-major */
  readonly embedded: Tensor;
  /** [n, 1, 1, T]: 0 for a token, -1e9 for padding */
  readonly bias: Tensor;
  /** [T, n, 1]: 1 / length for a token, 0 for padding; for mean pooling */
  readonly share: Tensor;
}

/**
 * Transformer text encoder: texts -> one vector each, the mean over the tokens or the first token's.
 * @param prefix  parameters `${prefix}.layer${l}.*`, see transformerLayer
 * @param dropout  of the embeddings and of what each layer adds, while training; dropoutSites counts its calls
 * @returns [n, width], row i for sequence i of the chunk
 */
export function encodeChunk(
  tf: Tf,
  p: Parameters,
  prefix: string,
  chunk: TextChunk,
  encoder: Encoder,
  dropout: Dropout = kept => kept,
): Tensor {
  const [tokens, batch, width] = chunk.embedded.shape;
  const shape = { tokens, batch, width, heads: encoder.heads, epsilon: encoder.epsilon };
  const first = encoder.pooling === 'cls';
  let hidden = dropout(tf.reshape(chunk.embedded, [tokens * batch, width]));
  for (let layer = 0; layer < encoder.layers; layer++) {
    const last = layer === encoder.layers - 1;
    hidden = transformerLayer(tf, p, `${prefix}.layer${layer}`, hidden, chunk.bias, shape, {
      firstOnly: first && last,
      dropout,
    });
  }
  if (first) return hidden;
  return tf.sum(tf.mul(tf.reshape(hidden, [tokens, batch, width]), chunk.share), 0);
}

/** Tensors of one chunk that dropout masks. */
export const dropoutSites = ({ layers }: Encoder): number => 1 + 2 * layers;
