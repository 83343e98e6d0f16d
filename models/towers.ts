import { type Channel, type Encoder, hasText, type Tower } from './channels.js';
import { deepSets, deepSetsParameters } from './deep-sets.js';
import { attentionFusion, concatFusion, type Fused } from './fusion.js';
import { l2Normalise } from './layers/l2-normalise.js';
import { linear } from './layers/linear.js';
import type { Dropout, Parameters } from './layers/transformer.js';
import type { InputSpec } from './recorder/record.js';
import type { Tensor, Tf } from './recorder/tensorflow.js';
import { dropoutSites, encodeChunks } from './text-encoder.js';

/** Sizes of one chunk of sequences: T tokens each, n of them; of sets of images, T images each. */
export interface ChunkShape {
  readonly tokens: number;
  readonly count: number;
}

/** Sizes of a batch: B examples, and for each channel of texts or images the chunks that these are sorted into. */
export interface TowerShape {
  readonly batch: number;
  readonly chunks: Readonly<Record<string, readonly ChunkShape[]>>;
}

/** What a tower gives: embeddings [B, D] of length 1 and the fusion weights [B, C]. */
export interface TowerOutput {
  readonly embedding: Tensor;
  readonly weights: Tensor;
}

/** The same, and the channel vectors, C of [B, D], that were fused. */
export interface TowerParts extends TowerOutput {
  readonly vectors: readonly Tensor[];
}

/** Names and shapes of a tower's inputs; see models/batch-inputs.ts for how they are filled. */
export function towerInputs(tower: Tower, tableWidth: number, shape: TowerShape): Record<string, InputSpec> {
  const specs: Record<string, InputSpec> = {
    [`${tower.name}.present`]: { dtype: 'float32', shape: [shape.batch, tower.channels.length] },
  };
  for (const { name, kind } of tower.channels) {
    const path = `${tower.name}.${name}`;
    if (kind === 'bag') {
      specs[path] = { dtype: 'float32', shape: [shape.batch, tableWidth] };
      continue;
    }
    const chunks = shape.chunks[name];
    chunks.forEach(({ tokens, count }, c) => {
      if (kind === 'images') {
        specs[`${path}.vectors${c}`] = { dtype: 'float32', shape: [tokens, count, tower.image.width] };
        specs[`${path}.mask${c}`] = { dtype: 'float32', shape: [tokens, count, 1] };
        return;
      }
      specs[`${path}.embedded${c}`] = { dtype: 'float32', shape: [tokens, count, tower.encoder.width] };
      specs[`${path}.bias${c}`] = { dtype: 'float32', shape: [count, 1, 1, tokens] };
      specs[`${path}.share${c}`] = { dtype: 'float32', shape: [tokens, count, 1] };
    });
    if (chunks.length > 1) specs[`${path}.order`] = { dtype: 'int32', shape: [shape.batch] };
  }
  return specs;
}

/** Inputs whose gradients flow on into the tables; images have none. */
export const tableInputs = (tower: Tower, shape: TowerShape): string[] =>
  tower.channels.flatMap(({ name, kind }) => {
    const path = `${tower.name}.${name}`;
    if (kind === 'images') return [];
    return kind === 'bag' ? [path] : shape.chunks[name].map((_, c) => `${path}.embedded${c}`);
  });

/** Names and shapes of a tower's dense parameters. */
export function towerParameters(tower: Tower, tableWidth: number): Record<string, readonly number[]> {
  const { name, channels, embeddingWidth: d, encoder } = tower;
  if (tower.fusion === 'none') return encoderParameters(encoder);
  const shapes: Record<string, readonly number[]> = {};
  const { width, hidden } = tower.image;
  const pooled = { bag: tableWidth, text: encoder.width, images: hidden };
  for (const channel of channels) {
    const path = `${name}.${channel.name}`;
    if (channel.kind === 'images') Object.assign(shapes, deepSetsParameters(path, width, hidden));
    shapes[`${path}.weight`] = [pooled[channel.kind], d];
    shapes[`${path}.bias`] = [d];
  }
  const c = channels.length;
  if (tower.fusion === 'attention') {
    shapes[`${name}.fusion.weight`] = [c * d, c];
    shapes[`${name}.fusion.bias`] = [c];
  } else {
    shapes[`${name}.fusion.hidden.weight`] = [c * d, d];
    shapes[`${name}.fusion.hidden.bias`] = [d];
    shapes[`${name}.fusion.out.weight`] = [d, d];
    shapes[`${name}.fusion.out.bias`] = [d];
  }
  if (hasText(tower)) Object.assign(shapes, encoderParameters(encoder));
  return shapes;
}

/** Names and shapes of an encoder's dense parameters. */
function encoderParameters(encoder: Encoder): Record<string, readonly number[]> {
  const { prefix, layers, width, feedForward, embeddingNorm } = encoder;
  const shapes: Record<string, readonly number[]> = {};
  if (embeddingNorm) Object.assign(shapes, { [`${prefix}.norm.scale`]: [width], [`${prefix}.norm.bias`]: [width] });
  for (let layer = 0; layer < layers; layer++) {
    const at = `${prefix}.layer${layer}`;
    for (const part of ['query', 'key', 'value', 'out']) {
      shapes[`${at}.${part}.weight`] = [width, width];
      shapes[`${at}.${part}.bias`] = [width];
    }
    shapes[`${at}.feedForward1.weight`] = [width, feedForward];
    shapes[`${at}.feedForward1.bias`] = [feedForward];
    shapes[`${at}.feedForward2.weight`] = [feedForward, width];
    shapes[`${at}.feedForward2.bias`] = [width];
    for (const norm of ['norm1', 'norm2']) {
      shapes[`${at}.${norm}.scale`] = [width];
      shapes[`${at}.${norm}.bias`] = [width];
    }
  }
  return shapes;
}

/**
 * A tower: features -> channel vectors -> fusion -> embedding of length 1 (Que2Search, 3).
 * The tables are looked up outside: a bag channel comes in as its pooled vector, a text channel as its embedded tokens, images as their vectors.
 * @param p       parameters, see towerParameters
 * @param inputs  see towerInputs
 * @param dropout  of the text encoder, while training
 */
export function embedTower(
  tf: Tf,
  tower: Tower,
  p: Parameters,
  inputs: Parameters,
  shape: TowerShape,
  dropout?: Dropout,
): TowerParts {
  const vectors = tower.channels.map(channel => {
    const path = `${tower.name}.${channel.name}`;
    const pooled = channel.kind === 'bag' ? inputs[path] : poolChunks(tf, tower, channel, p, inputs, shape, dropout);
    if (tower.fusion === 'none') return pooled;
    return linear(tf, pooled, p[`${path}.weight`], p[`${path}.bias`]);
  });
  return { vectors, ...fuseChannels(tf, tower, p, vectors, inputs[`${tower.name}.present`]) };
}

/**
 * The last part of a tower: channel vectors -> fusion -> embedding of length 1.
 * @param vectors  C of [B, D]
 * @param present  [B, C], 1 where the channel takes part, else 0
 */
export function fuseChannels(
  tf: Tf,
  tower: Tower,
  p: Parameters,
  vectors: readonly Tensor[],
  present: Tensor,
): TowerOutput {
  const { vectors: fused, weights } = fuse(tf, tower, p, vectors, present);
  return { embedding: l2Normalise(tf, fused), weights };
}

function fuse(tf: Tf, { name, fusion }: Tower, p: Parameters, vectors: readonly Tensor[], present: Tensor): Fused {
  if (fusion === 'none') return { vectors: tf.mul(vectors[0], present), weights: present };
  return (fusion === 'attention' ? attentionFusion : concatFusion)(tf, p, `${name}.fusion`, vectors, present);
}

/** The texts, or the sets of images, of a channel: a vector each, in the order of the batch. */
function poolChunks(
  tf: Tf,
  tower: Tower,
  channel: Channel,
  p: Parameters,
  inputs: Parameters,
  shape: TowerShape,
  dropout?: Dropout,
): Tensor {
  const path = `${tower.name}.${channel.name}`;
  const chunks = shape.chunks[channel.name];
  const part = (name: string, c: number): Tensor => inputs[`${path}.${name}${c}`];
  const pooled =
    channel.kind === 'images'
      ? deepSets(
          tf,
          p,
          path,
          chunks.map((_, c) => ({ vectors: part('vectors', c), mask: part('mask', c) })),
        )
      : encodeChunks(
          tf,
          p,
          chunks.map((_, c) => ({ embedded: part('embedded', c), bias: part('bias', c), share: part('share', c) })),
          tower.encoder,
          dropout,
        );
  return chunks.length === 1 ? pooled : tf.gather(pooled, tf.cast(inputs[`${path}.order`], 'int32'));
}

/** Tensors of a batch that the dropout of a tower masks. */
export const towerDropoutSites = ({ channels, encoder }: Tower): number =>
  channels.filter(({ kind }) => kind === 'text').length * dropoutSites(encoder);
