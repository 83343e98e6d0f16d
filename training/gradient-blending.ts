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

/** What one model weighs in the blend, before weights are made to sum to 1. */
export interface BlendingShare {
  /** G: the fall of the validation loss */
  readonly gain: number;
  /** O: by how much the gap between validation and training loss has grown */
  readonly overfitting: number;
  /** G / O^2; 0 for a model that has not got better on validation */
  readonly share: number;
}

/** Overfitting that is taken for the smallest one that still tells models apart, where nothing better is known. */
export const leastOverfitting = 1e-3;

/**
 * Overfitting-to-generalisation of one model (Wang, Tran & Feiszli, CVPR 2020).
 * @param least  > 0; less overfitting, or a gap that has shrunk, counts as this much
 */
export function blendingShare(change: LossChange, least = leastOverfitting): BlendingShare {
  const { trainingBefore, trainingAfter, validationBefore, validationAfter } = change;
  const gain = validationBefore - validationAfter;
  const overfitting = validationAfter - trainingAfter - (validationBefore - trainingBefore);
  return { gain, overfitting, share: gain <= 0 ? 0 : gain / Math.max(overfitting, least) ** 2 };
}

/**
 * Weights of gradient blending (Wang, Tran & Feiszli, CVPR 2020; Que2Search, 3.5): proportional to G / O^2, see blendingShare.
 * @param changes  of each group trained by itself, and of all channels together
 * @returns weights that sum to 1, in the order of the changes; equal ones where none has got better
 */
export function blendingWeights(changes: readonly LossChange[], least = leastOverfitting): number[] {
  const shares = changes.map(change => blendingShare(change, least).share);
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map(share => (total === 0 ? 1 / shares.length : share / total));
}
