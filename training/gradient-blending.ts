import type { Channel } from '../models/channels.js';
import type { Tensor, Tf } from '../models/recorder/tensorflow.js';

/** Channels of one tower that have a loss of their own, and what it counts. */
export interface ChannelGroup {
  readonly channels: readonly string[];
  readonly weight: number;
}

/**
 * Keeps of `present` what belongs to a group: the embedding of a tower that has these channels alone.
 * @param present  [B, C]
 */
export function presentInGroup(
  tf: Tf,
  present: Tensor,
  channels: readonly Channel[],
  { channels: kept }: ChannelGroup,
): Tensor {
  return tf.mul(
    present,
    tf.tensor(
      channels.map(({ name }) => (kept.includes(name) ? 1 : 0)),
      [1, channels.length],
    ),
  );
}

/** Losses of a model on what it learns from and on what it does not, before and after a while of training. */
export interface LossChange {
  readonly trainingBefore: number;
  readonly trainingAfter: number;
  readonly validationBefore: number;
  readonly validationAfter: number;
}

/**
 * Weights of gradient blending from the overfitting-to-generalisation ratio (Wang, Tran & Feiszli, CVPR 2020; Que2Search, 3.5): with
 * G = the fall of the validation loss and O = by how much the gap between validation and training loss has grown,
 * the weight of a model is proportional to G / O^2; a model that has not got better on validation gets 0.
 * @param changes  of each group trained by itself, and of all channels together
 * @returns weights that sum to 1, in the order of the changes; equal ones where none has got better
 */
export function blendingWeights(changes: readonly LossChange[]): number[] {
  const shares = changes.map(({ trainingBefore, trainingAfter, validationBefore, validationAfter }) => {
    const gain = validationBefore - validationAfter;
    const overfitting = validationAfter - trainingAfter - (validationBefore - trainingBefore);
    // a gap that has not grown is taken for the smallest one that still tells models apart
    return gain <= 0 ? 0 : gain / Math.max(overfitting, 1e-3) ** 2;
  });
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map(share => (total === 0 ? 1 / shares.length : share / total));
}
