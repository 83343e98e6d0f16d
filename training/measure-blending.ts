import type { PreparedData } from '../data/prepared.js';
import type { ImageVectors } from '../models/images/image-vectors.js';
import type { Config } from '../src/config/schema.js';
import type { StageConfig, TrainingConfig } from '../src/config/training.js';
import { TandemError } from '../src/errors/tandem-error.js';
import { createLossMeter, type FixedBatches, fixPairs } from './batch-losses.js';
import { readBeginning } from './beginning.js';
import { channelGroups, reduceCorpus } from './channel-groups.js';
import { createCorpus, usableChannels } from './corpus.js';
import { trainAlone } from './train-alone.js';
import { createValidationSet } from './validation.js';
import { type BatchLosses, type MeasuredGroup, type WeighedGroups, weighGroups } from './weigh-groups.js';

export interface BlendingOptions {
  readonly data: PreparedData;
  readonly config: Config;
  /** vectors of the documents' images */
  readonly images?: ImageVectors;
  /** how long each group is trained; one epoch shows as many examples as there are documents */
  readonly epochs: number;
  /** `group`, from 1, of `groups` is being trained; steps are counted over all of them */
  readonly onProgress?: (progress: {
    readonly done: number;
    readonly total: number;
    readonly group: number;
    readonly groups: number;
    readonly loss: number;
  }) => void;
}

export interface BlendingMeasures extends WeighedGroups {
  /** B, and how many batches of each kind losses were taken on */
  readonly batches: { readonly size: number; readonly training: number; readonly validation: number };
  readonly droppedChannels: readonly string[];
}

/**
 * Measures the weights of gradient blending once, before training (offline G-Blend, Wang, Tran & Feiszli, CVPR 2020, algorithm 1; as
 * pre-computed weights in Que2Search, 3.5). Every group of channels is trained for itself, from the same seed and on the same batches: its
 * tower reduced to the group, the other tower whole. So are all channels together. Then the in-batch softmax loss is taken on fixed batches
 * of training pairs and of held-out pairs (validation queries with their relevant documents), all of one size, since the loss grows with it.
 *
 * The losses before are those of a model that knows nothing. Fresh towers know less: with their random cosines, times the scale, they
 * are surely wrong, by how much differs between the two samples by luck, and that luck would count as overfitting.
 * How the losses become weights: see weighGroups.
 * @throws TandemError 'config/bad-value' (no groups), 'training/no-examples' (no pairs), 'training/no-gain', 'training/diverged',
 *   'evaluation/no-queries' (nothing held out)
 */
export async function measureBlending(options: BlendingOptions): Promise<BlendingMeasures> {
  const { data, epochs } = options;
  const plain = { ...options.config, training: plainTraining(options.config.training, epochs) };
  const begun = await readBeginning(plain, options.images);
  const { config, dropped } = usableChannels(begun.config, data, options.images);
  const groups = channelGroups({ ...config, training: options.config.training });
  const validation = data.validation && createValidationSet(data.validation, data.documents);
  if (validation === undefined)
    throw new TandemError('evaluation/no-queries', 'no validation query has a relevant document');
  const corpus = await createCorpus(config, data, begun.known, options.images);
  const fixed = fixPairs(corpus, data, validation);
  const { size } = fixed;
  const meter = await createLossMeter(size, config.towers.embeddingWidth, config.training);
  const measure = async (of: (batches: FixedBatches) => Promise<number[]>): Promise<BatchLosses> => ({
    training: await of(fixed.training),
    validation: await of(fixed.validation),
  });
  try {
    const before = await measure(meter.chance);
    const after: BatchLosses[] = [];
    for (const [g, group] of groups.entries()) {
      const onStep = (step: number, steps: number, loss: number): void =>
        options.onProgress?.({
          done: g * steps + step,
          total: groups.length * steps,
          group: g + 1,
          groups: groups.length,
          loss,
        });
      const reduced = reduceCorpus(corpus, group);
      // read again for each group: training changes what it begins with
      const { parts } = await readBeginning(plain, options.images);
      const model = await trainAlone(reduced, data, parts, onStep);
      after.push(await measure(batches => meter.losses(model, reduced, batches)));
    }
    const counts = { size, training: fixed.training.batches.length, validation: fixed.validation.batches.length };
    return { ...weighGroups(groups, before, after), batches: counts, droppedChannels: dropped };
  } finally {
    await meter.close();
  }
}

/**
 * The configuration of training with measured weights; groups of weight 0 are left out, since they are not to be trained on.
 * @param config  as it was given to measureBlending
 */
export function blendedConfig(config: Config, groups: readonly MeasuredGroup[]): Config {
  const of = (tower: MeasuredGroup['tower']) =>
    groups
      .filter(group => group.tower === tower && group.weight > 0)
      .map(({ channels, weight }) => ({ channels: [...channels], weight: Number(weight.toPrecision(6)) }));
  const [{ weight: joint }] = of('both');
  const gradientBlending = {
    joint,
    query: of('query'),
    document: of('document'),
  } as TrainingConfig['gradientBlending'];
  return { ...config, training: { ...config.training, gradientBlending } };
}

/** One stage of in-batch softmax on what the last such stage learns from, and nothing beside it. */
function plainTraining(training: TrainingConfig, epochs: number): TrainingConfig {
  const like = training.stages.findLast(({ loss }) => loss === 'softmax') ?? training.stages[0];
  const stage: StageConfig = {
    ...like,
    epochs,
    loss: 'softmax',
    distillation: 0,
    mined: { ...like.mined, perQuery: 0 },
  };
  return {
    ...training,
    stages: [stage],
    gradientBlending: { joint: 1, query: [], document: [] },
    auxiliary: { ...training.auxiliary, weight: 0 },
    averaging: 0,
    from: '',
  };
}
