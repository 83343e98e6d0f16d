import type { Tensor, Tf } from '../recorder/tensorflow.js';
import { type Activation, activate } from './activation.js';
import { attention } from './attention.js';
import { layerNorm } from './layer-norm.js';
import { linear } from './linear.js';

export type Parameters = Readonly<Record<string, Tensor>>;

export interface TransformerShape {
  readonly width: number;
  readonly heads: number;
  readonly epsilon: number;
  readonly activation: Activation;
}

/** Sequences of one length among those that go through a layer together. */
export interface SequenceGroup {
  /** T, positions of a sequence */
  readonly tokens: number;
  /** n, sequences */
  readonly count: number;
  /** [n, 1, 1, T], see attention */
  readonly bias: Tensor;
}

/** Masks a tensor while training; see models/dropout.ts. */
export type Dropout = (x: Tensor) => Tensor;

export interface LayerOptions {
  readonly firstOnly?: boolean;
  readonly dropout?: Dropout;
}

/**
 * One layer of a post-norm transformer encoder (Vaswani et al., 2017; XLM): h = norm(x + attention(x)), norm(h + feedForward(h)).
 * Sequences of several lengths go through it as one matrix of tokens, group after group: attention alone looks at the groups.
 * @param p          parameters under `prefix`: {query,key,value,out}.{weight,bias?}, feedForward{1,2}.{weight,bias}, norm{1,2}.{scale,bias}
 * @param x          [N, width], N = sum of T * n over the groups, each group time-major
 * @param options    firstOnly: compute the first position of each sequence alone, all that [CLS] pooling needs of the last layer;
 *                   dropout: of what attention and feed-forward add, while training
 * @returns [N, width], or [sum of n, width] with firstOnly
 */
export function transformerLayer(
  tf: Tf,
  p: Parameters,
  prefix: string,
  x: Tensor,
  groups: readonly SequenceGroup[],
  shape: TransformerShape,
  { firstOnly = false, dropout = kept => kept }: LayerOptions = {},
): Tensor {
  const { epsilon } = shape;
  const at = (name: string): Tensor => p[`${prefix}.${name}`];
  const project = (input: Tensor, name: string): Tensor => linear(tf, input, at(`${name}.weight`), at(`${name}.bias`));
  const residual = firstOnly ? firstPositions(tf, x, groups) : x;
  const queries = groups.map(group => (firstOnly ? 1 : group.tokens));
  const mixed = attendInGroups(
    tf,
    { q: project(residual, 'query'), k: project(x, 'key'), v: project(x, 'value') },
    groups,
    queries,
    shape,
  );
  const attended = project(mixed, 'out');
  const h = layerNorm(tf, tf.add(residual, dropout(attended)), at('norm1.scale'), at('norm1.bias'), epsilon);
  const hidden = activate(tf, project(h, 'feedForward1'), shape.activation);
  return layerNorm(
    tf,
    tf.add(h, dropout(project(hidden, 'feedForward2'))),
    at('norm2.scale'),
    at('norm2.bias'),
    epsilon,
  );
}

const cut = (tf: Tf, x: Tensor, sizes: readonly number[]): Tensor[] =>
  sizes.length === 1 ? [x] : tf.split(x, [...sizes], 0);

const join = (tf: Tf, parts: readonly Tensor[]): Tensor => (parts.length === 1 ? parts[0] : tf.concat([...parts], 0));

/** The first position of every sequence, [sum of n, width]. */
function firstPositions(tf: Tf, x: Tensor, groups: readonly SequenceGroup[]): Tensor {
  const width = x.shape[1]!;
  const parts = cut(
    tf,
    x,
    groups.map(({ tokens, count }) => tokens * count),
  );
  return join(
    tf,
    parts.map((part, g) => tf.slice(part, [0, 0], [groups[g].count, width])),
  );
}

/** Attention within each group. @param queries  positions of a group that ask: T, or 1 */
function attendInGroups(
  tf: Tf,
  { q, k, v }: { readonly q: Tensor; readonly k: Tensor; readonly v: Tensor },
  groups: readonly SequenceGroup[],
  queries: readonly number[],
  { width, heads }: TransformerShape,
): Tensor {
  const headWidth = width / heads;
  const asking = groups.map(({ count }, g) => queries[g] * count);
  const all = groups.map(({ tokens, count }) => tokens * count);
  const [qs, ks, vs] = [cut(tf, q, asking), cut(tf, k, all), cut(tf, v, all)];
  const mixed = groups.map(({ tokens, count, bias }, g) => {
    const inHeads = (y: Tensor, positions: number): Tensor => tf.reshape(y, [positions, count, heads, headWidth]);
    const shape = { queries: queries[g], keys: tokens, batch: count, heads, headWidth };
    const rows = attention(tf, inHeads(qs[g], queries[g]), inHeads(ks[g], tokens), inHeads(vs[g], tokens), bias, shape);
    return tf.reshape(rows, [asking[g], width]);
  });
  return join(tf, mixed);
}
