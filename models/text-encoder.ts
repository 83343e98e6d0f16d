import type { Encoder } from './channels.js';
import { layerNorm } from './layers/layer-norm.js';
import { type Dropout, type Parameters, type SequenceGroup, transformerLayer } from './layers/transformer.js';
import type { Tensor, Tf } from './recorder/tensorflow.js';

/** Sequences of about the same length, laid out together: so little of the work goes into padding. */
export interface TokenChunk {
  /** token and position embeddings added up, [T, n, width], time-major */
  readonly embedded: Tensor;
  /** [n, 1, 1, T]: 0 for a token, -1e9 for padding */
  readonly bias: Tensor;
}

/** The same, as pooling needs it. */
export interface TextChunk extends TokenChunk {
  /** [T, n, 1]: 1 / tokens that are pooled for one of these, 0 for others and padding; for mean pooling */
  readonly share: Tensor;
}

const joined = (tf: Tf, parts: readonly Tensor[]): Tensor => (parts.length === 1 ? parts[0] : tf.concat([...parts], 0));

/**
 * Transformer text encoder: texts -> one vector each, the mean over the tokens or the first token's. The chunks go through it as one
 * matrix of tokens; only attention looks at them one by one.
 * @param p        parameters under encoder.prefix: `norm.{scale,bias}` with embeddingNorm, `layer${l}.*` as transformerLayer says
 * @param dropout  of the embeddings and of what each layer adds, while training; dropoutSites counts its calls
 * @returns [sum of n, width], the sequences of the first chunk first
 */
export function encodeChunks(
  tf: Tf,
  p: Parameters,
  chunks: readonly TextChunk[],
  encoder: Encoder,
  dropout: Dropout = kept => kept,
): Tensor {
  const first = encoder.pooling === 'cls';
  const hidden = encodeTokens(tf, p, chunks, encoder, dropout, first);
  return first ? hidden : meanOfTokens(tf, hidden, chunks, groupsOf(chunks), encoder.width);
}

/** What attention knows of each chunk. */
const groupsOf = (chunks: readonly TokenChunk[]): SequenceGroup[] =>
  chunks.map(({ embedded, bias }) => {
    const [tokens, count] = embedded.shape as [number, number, number];
    return { tokens, count, bias };
  });

/**
 * The same before pooling: a vector for every token.
 * @param firstOnly  of the last layer, give the first token of each text alone
 * @returns [N, width], N = sum of T * n over the chunks, each chunk time-major; [sum of n, width] with firstOnly
 */
export function encodeTokens(
  tf: Tf,
  p: Parameters,
  chunks: readonly TokenChunk[],
  encoder: Encoder,
  dropout: Dropout = kept => kept,
  firstOnly = false,
): Tensor {
  const { prefix, layers, width, heads, epsilon, activation } = encoder;
  const groups = groupsOf(chunks);
  const embedded = chunks.map((chunk, c) => tf.reshape(chunk.embedded, [groups[c].tokens * groups[c].count, width]));
  const sum = joined(tf, embedded);
  const normal = encoder.embeddingNorm
    ? layerNorm(tf, sum, p[`${prefix}.norm.scale`], p[`${prefix}.norm.bias`], epsilon)
    : sum;
  let hidden = dropout(normal);
  for (let layer = 0; layer < layers; layer++) {
    hidden = transformerLayer(
      tf,
      p,
      `${prefix}.layer${layer}`,
      hidden,
      groups,
      { width, heads, epsilon, activation },
      { firstOnly: firstOnly && layer === layers - 1, dropout },
    );
  }
  return hidden;
}

function meanOfTokens(
  tf: Tf,
  hidden: Tensor,
  chunks: readonly TextChunk[],
  groups: readonly SequenceGroup[],
  width: number,
): Tensor {
  const sizes = groups.map(({ tokens, count }) => tokens * count);
  const parts = groups.length === 1 ? [hidden] : tf.split(hidden, sizes, 0);
  const means = chunks.map(({ share }, c) =>
    tf.sum(tf.mul(tf.reshape(parts[c], [groups[c].tokens, groups[c].count, width]), share), 0),
  );
  return joined(tf, means as Tensor[]);
}

/** Tensors that dropout masks when a tower encodes the texts of one channel. */
export const dropoutSites = ({ layers }: Encoder): number => 1 + 2 * layers;
