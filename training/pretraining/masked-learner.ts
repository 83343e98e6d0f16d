import { mix } from '../../data/examples.js';
import type { ChunkPlan } from '../../models/batch-inputs.js';
import { createNoise, drawStarts } from '../../models/dropout.js';
import type { Feed } from '../../models/feed.js';
import type { ModelState } from '../../models/model-state.js';
import type { Config } from '../../src/config/schema.js';
import { seededRandom } from '../../src/math/random.js';
import { planChunks } from '../chunk-plan.js';
import { engineOf, type StepEngine } from '../engine.js';
import { applyGradients, createRowAccumulators, type OptimiserState, type UpdateSettings } from '../optimiser.js';
import { gradientOf } from '../step.js';
import { fillMaskedBatch, padded, softmaxFeeds } from './masked-batch.js';
import { createMaskedStep, type MaskedShape } from './masked-lm.js';
import { type Masking, maskSequence } from './masking.js';
import type { SequenceSource } from './sequence-source.js';
import type { SoftmaxSampler } from './softmax-tokens.js';

/** Parts that the sequences of a batch are sorted into, by length. */
const textChunks = 8;
/** Batches that are measured for the plan of their chunks. */
const measuredBatches = 32;
/** Places are rounded up to a multiple of this, so that few shapes are ever recorded. */
const placeStep = 64;

/** Takes steps of masked language modelling on one model. */
export interface MaskedLearner {
  /** @returns the loss before the step and the norm of the gradients; where that is not finite, the model was left as it was */
  step(step: number, rate: number): Promise<{ loss: number; norm: number }>;
  close(): Promise<void>;
}

/**
 * Makes the learner; engines are recorded on first use, one for each shape of batch. Masks, sampled tokens and dropout are functions of
 * the seed and the step.
 */
export function createMaskedLearner(
  model: ModelState,
  optimiser: OptimiserState,
  config: Config,
  sequencesOf: SequenceSource,
  masking: Masking,
  sample: SoftmaxSampler,
): MaskedLearner {
  const { encoder } = model.towers.document;
  const { pretraining, training, seed } = config;
  const dense: Record<string, Feed> = model.dense;
  const parameters = Object.fromEntries(Object.entries(model.dense).map(([name, { shape }]) => [name, shape]));
  const rows = createRowAccumulators(model);
  const noise = createNoise(encoder.dropout, seed);
  const settings: UpdateSettings = {
    clipNorm: training.clipNorm,
    adam: training.adam,
    averaging: pretraining.averaging,
    learningRate: pretraining.learningRate,
    pretrainedLearningRate: training.pretrainedLearningRate,
    layerDecay: training.layerDecay,
  };
  const make = engineOf(training);
  const engines = new Map<string, { readonly engine: Promise<StepEngine>; readonly dropoutSites: number }>();
  const engineFor = (shape: MaskedShape) => {
    const key = JSON.stringify(shape);
    let known = engines.get(key);
    if (known === undefined) {
      const step = createMaskedStep(encoder, parameters, shape);
      known = { engine: make(step), dropoutSites: step.dropoutSites };
      engines.set(key, known);
      // one that could not be made has nothing to close
      known.engine.catch(() => engines.delete(key));
    }
    return known;
  };
  const { plan, places: planned } = planBatches(sequencesOf, masking, pretraining.batchSize);
  return {
    async step(step, rate) {
      const random = seededRandom(mix(seed, step, 0x6d6c));
      const masked = sequencesOf(step).map(sequence => maskSequence(sequence, masking, random));
      const batch = fillMaskedBatch(model.tables, encoder.positions, masked, plan);
      const softmax = sample(batch.targets, random);
      const count = batch.targets.length;
      const places = count <= planned ? planned : Math.ceil(count / placeStep) * placeStep;
      const { engine, dropoutSites } = engineFor({
        chunks: batch.chunks,
        places,
        tokens: softmax.ids.length,
        sampled: softmax.correction !== undefined,
      });
      const results = await (await engine).run({
        ...dense,
        ...batch.feeds,
        places: { values: padded(batch.feeds.places.values as Int32Array, places), shape: [places] },
        ...softmaxFeeds(model, softmax, places),
        ...(dropoutSites > 0 && { noise, 'noise.starts': drawStarts(dropoutSites, mix(seed, step, 0x6e6f)) }),
      });
      const gradients = Object.fromEntries(
        batch.chunks.map((_, c) => [`embedded${c}`, results[gradientOf(`embedded${c}`)]]),
      );
      batch.scatter(gradients, rows);
      const width = model.tables.token!.width;
      const told = results[gradientOf('rows')];
      for (const [slot, id] of softmax.ids.entries()) rows.token!.add(id, told, slot * width, 1);
      const norm = applyGradients(model, optimiser, results, rows, rate, settings);
      for (const accumulator of Object.values(rows)) accumulator.reset();
      return { loss: results.loss[0], norm };
    },
    async close() {
      for (const { engine } of engines.values()) await (await engine).close();
    },
  };
}

/** How batches are cut into chunks, and how many masked places they have at most: measured on the first ones, so that one shape fits nearly all. */
function planBatches(
  sequencesOf: SequenceSource,
  masking: Masking,
  batchSize: number,
): { plan: ChunkPlan; places: number } {
  const lengths: number[] = [];
  let most = 1;
  for (let step = 0; step < measuredBatches; step++) {
    const masked = sequencesOf(step).map(sequence => maskSequence(sequence, masking, seededRandom(0)));
    for (const { ids } of masked) lengths.push(ids.length);
    most = Math.max(
      most,
      masked.reduce((sum, { places }) => sum + places.length, 0),
    );
  }
  return {
    plan: planChunks([lengths], batchSize, Math.min(textChunks, batchSize)),
    places: Math.ceil(most / placeStep) * placeStep,
  };
}
