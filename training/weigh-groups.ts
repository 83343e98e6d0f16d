import { TandemError } from '../src/errors/tandem-error.js';
import type { TrainedGroup } from './channel-groups.js';
import {
  type BlendingShare,
  blendingShare,
  blendingWeights,
  type LossChange,
  leastOverfitting,
} from './gradient-blending.js';

/** Losses of each batch, of at least two of each kind. */
export interface BatchLosses {
  readonly training: readonly number[];
  readonly validation: readonly number[];
}

/** One group with what was measured of it. */
export interface MeasuredGroup extends TrainedGroup, LossChange, BlendingShare {
  /** in the blend; those of all groups, with the joint one, sum to 1 */
  readonly weight: number;
}

export interface WeighedGroups {
  readonly groups: readonly MeasuredGroup[];
  /** less overfitting than this was counted as this much */
  readonly leastOverfitting: number;
}

/**
 * Weights of channel groups from the losses before and after each was trained by itself.
 *
 * One normalisation over both towers: the weights of all groups and of the joint loss sum to 1. The towers share the joint loss, so that
 * a sum for each tower would give it two weights; and the ratio of any two weights is that of their G / O^2 either way.
 *
 * What can hardly learn hardly overfits: of a country alone O is next to nothing, and G / O^2 would leave nothing for the rest. So no group
 * is credited with less overfitting than all channels together show, nor these with less than the standard error of theirs.
 * @param groups  the last holds all channels
 * @param after   of each group
 * @throws TandemError 'training/no-gain' where all channels together have not got better on validation
 */
export function weighGroups(
  groups: readonly TrainedGroup[],
  before: BatchLosses,
  after: readonly BatchLosses[],
): WeighedGroups {
  const changes = after.map(losses => changeOf(before, losses));
  const joint = blendingShare(changes[changes.length - 1]);
  if (joint.gain <= 0) {
    const { validationBefore, validationAfter } = changes[changes.length - 1];
    const [from, to] = [validationBefore, validationAfter].map(loss => loss.toFixed(4));
    throw new TandemError('training/no-gain', `all channels together: the validation loss went from ${from} to ${to}`);
  }
  const least = Math.max(joint.overfitting, overfittingError(before, after[after.length - 1]), leastOverfitting);
  const weights = blendingWeights(changes, least);
  const measured = groups.map((group, g) => ({
    ...group,
    ...changes[g],
    ...blendingShare(changes[g], least),
    weight: weights[g],
  }));
  return { groups: measured, leastOverfitting: least };
}

const changeOf = (before: BatchLosses, after: BatchLosses): LossChange => ({
  trainingBefore: meanOf(before.training),
  trainingAfter: meanOf(after.training),
  validationBefore: meanOf(before.validation),
  validationAfter: meanOf(after.validation),
});

/** Standard error of the difference between the mean changes of the two kinds of batches. */
function overfittingError(before: BatchLosses, after: BatchLosses): number {
  const variance = (kind: keyof BatchLosses): number => {
    const changes = after[kind].map((loss, b) => loss - before[kind][b]);
    const mean = meanOf(changes);
    const squares = changes.reduce((sum, change) => sum + (change - mean) ** 2, 0);
    return squares / (changes.length - 1) / changes.length;
  };
  return Math.sqrt(variance('training') + variance('validation'));
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
