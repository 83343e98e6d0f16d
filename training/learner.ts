import type { Example } from '../data/examples.js';
import { type ChunkPlan, fillTowerInputs } from '../models/batch-inputs.js';
import { hasText, type TowerName } from '../models/channels.js';
import { createNoise, drawStarts } from '../models/dropout.js';
import type { Feed } from '../models/feed.js';
import type { ModelState } from '../models/model-state.js';
import type { Config } from '../src/config/schema.js';
import { seededRandom } from '../src/math/random.js';
import { planChunks } from './chunk-plan.js';
import type { Corpus } from './corpus.js';
import { blockDuplicates } from './duplicates.js';
import { type EngineFactory, engineOf, type StepEngine } from './engine.js';
import { applyGradients, createRowAccumulators, type OptimiserState } from './optimiser.js';
import { createStepFunction, gradientOf } from './step.js';

/** Parts that the texts of a batch are sorted into, by length. */
const textChunks = 8;

/** Takes training steps on one model. */
export interface Learner {
  /**
   * One step: features -> tables -> graph -> gradients -> clip -> Adam.
   * @param seed  of the dropout of this step
   * @returns the loss before the step and the norm of the gradients; where that is not finite, the model was left as it was
   */
  step(examples: readonly Example[], rate: number, seed: number): Promise<{ loss: number; norm: number }>;
  close(): Promise<void>;
}

/**
 * Makes the learner; engines are recorded on first use, one for each shape of batch.
 * @param queryLengths  for each stage, token counts of queries as it shows them; empty where the query tower reads no text
 */
export function createLearner(
  model: ModelState,
  optimiser: OptimiserState,
  corpus: Corpus,
  queryLengths: readonly (readonly number[])[],
): Learner {
  const { config } = corpus;
  const engines = createEngines(model, config, engineOf(config.training));
  const rows = createRowAccumulators(model);
  const dense: Record<string, Feed> = model.dense;
  const plans = createPlans(model, corpus, queryLengths);
  const noise = createNoise(config.textEncoder.dropout, config.seed);
  return {
    async step(examples, rate, seed) {
      const dropout = { ...dropRates(config), random: seededRandom(seed) };
      const queryFeatures = examples.map(({ query, country }) => corpus.queryFeatures({ text: query, country }));
      const documentFeatures = examples.map(({ document }) => corpus.documents[document]);
      const query = fillTowerInputs(model.towers.query, model.tables, queryFeatures, plans.query, dropout);
      const document = fillTowerInputs(model.towers.document, model.tables, documentFeatures, plans.document, dropout);
      const size = examples.length;
      const keys = examples.map(({ query: text, country }) => `${text}\t${country ?? ''}`);
      const blocked: Feed = {
        values: blockDuplicates(
          keys,
          examples.map(e => e.document),
        ),
        shape: [size, size],
      };
      const { engine, dropoutSites } = await engines.of({ query: query.shape, document: document.shape });
      const random: Record<string, Feed> =
        dropoutSites > 0 ? { noise, 'noise.starts': drawStarts(dropoutSites, seed) } : {};
      const results = await engine.run({ ...dense, ...query.feeds, ...document.feeds, ...random, blocked });
      const gradients = stripPrefix(results);
      query.scatter(gradients, rows);
      document.scatter(gradients, rows);
      const norm = applyGradients(model, optimiser, results, rows, rate, config.training);
      for (const accumulator of Object.values(rows)) accumulator.reset();
      return { loss: results.loss[0], norm };
    },
    close: engines.close,
  };
}

/** Chances that a feature, or a token of a text, is left out. */
function dropRates({ towers: { featureDropout: rate }, textEncoder }: Config): { rate: number; tokenRate: number } {
  return { rate, tokenRate: textEncoder.tokenDropout ?? rate };
}

/** Gradients by the name of what they belong to. */
function stripPrefix(results: Readonly<Record<string, Float32Array>>): Record<string, Float32Array> {
  const prefix = gradientOf('');
  return Object.fromEntries(Object.entries(results).map(([name, values]) => [name.slice(prefix.length), values]));
}

type Shapes = Parameters<typeof createStepFunction>[0]['shapes'];

interface RunnableStep {
  readonly engine: StepEngine;
  readonly dropoutSites: number;
}

function createEngines(model: ModelState, config: Config, make: EngineFactory) {
  const engines = new Map<string, Promise<RunnableStep>>();
  const makeStep = async (shapes: Shapes): Promise<RunnableStep> => {
    const { tableWidth } = config.towers;
    const step = createStepFunction({ towers: model.towers, tableWidth, shapes, scale: config.training.scale });
    return { engine: await make(step), dropoutSites: step.dropoutSites };
  };
  return {
    of(shapes: Shapes): Promise<RunnableStep> {
      const key = JSON.stringify(shapes);
      let engine = engines.get(key);
      if (engine === undefined) {
        engine = makeStep(shapes);
        engines.set(key, engine);
      }
      return engine;
    },
    async close(): Promise<void> {
      for (const made of engines.values()) await (await made).engine.close();
    },
  };
}

/** How each tower's texts are cut into chunks; undefined where it reads none. */
function createPlans(
  model: ModelState,
  corpus: Corpus,
  queryLengths: readonly (readonly number[])[],
): Record<TowerName, ChunkPlan | undefined> {
  const { batchSize } = corpus.config.training;
  const chunks = Math.min(textChunks, batchSize);
  const texts = model.towers.document.channels.flatMap((channel, c) => (channel.kind === 'text' ? [c] : []));
  const documentLengths = texts.map(c => corpus.documents.map(features => features[c].length));
  const kept = (lengths: readonly number[]): number[] => dropLengths(lengths, dropRates(corpus.config).tokenRate);
  return {
    query: hasText(model.towers.query) ? planChunks(queryLengths.map(kept), batchSize, chunks) : undefined,
    document: hasText(model.towers.document) ? planChunks(documentLengths.map(kept), batchSize, chunks) : undefined,
  };
}

/** Token counts as feature dropout leaves them, the first token always: a plan for whole texts would be a fifth too long. */
function dropLengths(lengths: readonly number[], rate: number): number[] {
  const random = seededRandom(2);
  return lengths.map(length => {
    let kept = Math.min(1, length);
    for (let t = 1; t < length; t++) if (random.next() >= rate) kept++;
    return kept;
  });
}
