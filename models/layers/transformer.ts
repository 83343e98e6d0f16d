import type { Tensor, Tf } from '../recorder/tensorflow.js';
import { attention } from './attention.js';
import { gelu } from './gelu.js';
import { layerNorm } from './layer-norm.js';
import { linear } from './linear.js';

export type Parameters = Readonly<Record<string, Tensor>>;

export interface TransformerShape {
  /** T, positions of a sequence */
  readonly tokens: number;
  /** B, sequences */
  readonly batch: number;
  readonly width: number;
  readonly heads: number;
  readonly epsilon: number;
}

/** Masks a tensor while training; see models/dropout.ts. */
export type Dropout = (x: Tensor) => Tensor;

export interface LayerOptions {
  readonly firstOnly?: boolean;
  readonly dropout?: Dropout;
}

/**
 * One layer of a post-norm transformer encoder (Vaswani et al., 2017; XLM): h = norm(x + attention(x)), norm(h + feedForward(h)).
 * @param p          parameters under `prefix`: {query,key,value,out}.{weight,bias?}, feedForward{1,2}.{weight,bias}, norm{1,2}.{scale,bias}
 * @param x          [T * B, width], time-major
 * @param bias       [B, 1, 1, T], see attention
 * @param options    firstOnly: compute the first position of each sequence alone, all that [CLS] pooling needs of the last layer;
 *                   dropout: of what attention and feed-forward add, while training
 * @returns [T * B, width], or [B, width] with firstOnly
 */
export function transformerLayer(
  tf: Tf,
  p: Parameters,
  prefix: string,
  x: Tensor,
  bias: Tensor,
  shape: TransformerShape,
  { firstOnly = false, dropout = kept => kept }: LayerOptions = {},
): Tensor {
  const { tokens, batch, heads, width, epsilon } = shape;
  const headWidth = width / heads;
  const queries = firstOnly ? 1 : tokens;
  const residual = firstOnly ? tf.slice(x, [0, 0], [batch, width]) : x;
  const at = (name: string): Tensor => p[`${prefix}.${name}`];
  const project = (input: Tensor, name: string): Tensor => linear(tf, input, at(`${name}.weight`), at(`${name}.bias`));
  const inHeads = (y: Tensor, positions: number): Tensor => tf.reshape(y, [positions, batch, heads, headWidth]);
  const mixed = attention(
    tf,
    inHeads(project(residual, 'query'), queries),
    inHeads(project(x, 'key'), tokens),
    inHeads(project(x, 'value'), tokens),
    bias,
    { queries, keys: tokens, batch, heads, headWidth },
  );
  const attended = project(tf.reshape(mixed, [queries * batch, width]), 'out');
  const h = layerNorm(tf, tf.add(residual, dropout(attended)), at('norm1.scale'), at('norm1.bias'), epsilon);
  const hidden = gelu(tf, project(h, 'feedForward1'));
  return layerNorm(
    tf,
    tf.add(h, dropout(project(hidden, 'feedForward2'))),
    at('norm2.scale'),
    at('norm2.bias'),
    epsilon,
  );
}
