import type { Tower, TowerName } from '../models/channels.js';
import type { InputSpec } from '../models/recorder/record.js';
import type { Tensor, Tf } from '../models/recorder/tensorflow.js';
import { fuseChannels, type TowerParts } from '../models/towers.js';
import type { StageConfig, TrainingConfig } from '../src/config/training.js';
import { auxiliaryLoss } from './auxiliary.js';
import { marginRankingLoss, scaledBinaryLoss } from './curriculum.js';
import { distillationLoss } from './distillation.js';
import { presentInGroup } from './gradient-blending.js';
import { scaledSoftmaxLoss, symmetricSoftmaxLoss } from './losses.js';
import { matryoshkaLoss } from './matryoshka.js';

/** What a stage minimises. */
export interface Objective
  extends Pick<StageConfig, 'loss' | 'margin'>,
    Pick<TrainingConfig, 'scale' | 'symmetric' | 'gradientBlending' | 'matryoshka'> {
  /** share of the loss that is the distance to a teacher */
  readonly distillation: number;
  /** weight of the auxiliary task, and K; a weight of 0 leaves it out */
  readonly auxiliary: { readonly weight: number; readonly classes: number };
}

export function objectiveOf(training: TrainingConfig, stage: StageConfig, classes: number): Objective {
  const { scale, symmetric, gradientBlending, auxiliary, matryoshka } = training;
  const { loss, margin } = stage;
  return {
    loss,
    margin,
    distillation: distillationShare(training, stage),
    scale,
    symmetric,
    gradientBlending,
    matryoshka,
    auxiliary: { weight: classes === 0 ? 0 : auxiliary.weight, classes },
  };
}

/** Share of a stage's loss that is the distance to the teacher; 0 without one. */
export const distillationShare = ({ teacher }: TrainingConfig, { distillation }: StageConfig): number =>
  distillation ?? (teacher.model === '' ? 0 : teacher.share);

/**
 * What the objective reads beside the towers: `blocked` [B, N], `teacher` [B, N] with distillation, `targets` [N, K] with the auxiliary task.
 * @param batch      B
 * @param documents  N
 */
export function objectiveInputs(objective: Objective, batch: number, documents: number): Record<string, InputSpec> {
  const matrix: InputSpec = { dtype: 'float32', shape: [batch, documents] };
  const { weight, classes } = objective.auxiliary;
  return {
    blocked: matrix,
    ...(objective.distillation > 0 && { teacher: matrix }),
    ...(weight > 0 && { targets: { dtype: 'float32', shape: [documents, classes] } }),
  };
}

type Given = Readonly<Record<string, Tensor>>;

/** The loss of a batch, scalar: in-batch loss of the whole towers and of their channel groups, distillation, auxiliary task. */
export function totalLoss(
  tf: Tf,
  objective: Objective,
  towers: Readonly<Record<TowerName, Tower>>,
  parts: Readonly<Record<TowerName, TowerParts>>,
  given: Given,
): Tensor {
  const { auxiliary, distillation, gradientBlending, scale } = objective;
  const [query, document] = [parts.query.embedding, parts.document.embedding];
  const inBatch = (q: Tensor, d: Tensor): Tensor => inBatchLoss(tf, objective, q, d, given.blocked);
  const joint = matryoshkaLoss(tf, query, document, objective.matryoshka, inBatch);
  const losses = [tf.mul(joint, gradientBlending.joint * (1 - distillation))];
  for (const name of ['query', 'document'] as const) {
    for (const group of gradientBlending[name]) {
      const present = presentInGroup(tf, given[`${name}.present`], towers[name].channels, group);
      const { embedding } = fuseChannels(tf, towers[name], given, parts[name].vectors, present);
      const loss = name === 'query' ? inBatch(embedding, document) : inBatch(query, embedding);
      losses.push(tf.mul(loss, group.weight * (1 - distillation)));
    }
  }
  if (distillation > 0)
    losses.push(tf.mul(distillationLoss(tf, query, document, given.blocked, given.teacher, scale), distillation));
  if (auxiliary.weight > 0) losses.push(tf.mul(auxiliaryLoss(tf, document, given.targets, given), auxiliary.weight));
  return losses.length === 1 ? losses[0] : tf.addN(losses);
}

function inBatchLoss(
  tf: Tf,
  { loss, margin, scale, symmetric }: Objective,
  queries: Tensor,
  documents: Tensor,
  blocked: Tensor,
): Tensor {
  if (loss === 'margin') return marginRankingLoss(tf, queries, documents, blocked, margin);
  if (loss === 'binary') return scaledBinaryLoss(tf, queries, documents, blocked, scale);
  return (symmetric ? symmetricSoftmaxLoss : scaledSoftmaxLoss)(tf, queries, documents, blocked, scale);
}
