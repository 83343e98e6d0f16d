import type { Example } from '../data/examples.js';
import { type ChunkPlan, fillTowerInputs } from '../models/batch-inputs.js';
import { type Channel, hasImages, hasText, type TowerName } from '../models/channels.js';
import { createNoise, drawStarts } from '../models/dropout.js';
import type { Feed } from '../models/feed.js';
import type { ModelState } from '../models/model-state.js';
import type { Config } from '../src/config/schema.js';
import { seededRandom } from '../src/math/random.js';
import { planChunks } from './chunk-plan.js';
import type { Corpus } from './corpus.js';
import { type EngineFactory, engineOf, type StepEngine } from './engine.js';
import { minedCount } from './mining.js';
import { type Objective, objectiveOf } from './objective.js';
import { objectiveFeeds } from './objective-feeds.js';
import { applyGradients, createRowAccumulators, type OptimiserState } from './optimiser.js';
import { keepRecent } from './recent-engines.js';
import { createStepFunction, gradientOf } from './step.js';
import type { Teacher } from './teacher.js';

/** Parts that the texts of a batch are sorted into, by length, and its sets of images, by their number. */
const textChunks = 8;
const imageChunks = 4;

/** What one step learns from. */
export interface Batch {
  readonly examples: readonly Example[];
  /** document numbers */
  readonly negatives: readonly number[];
}

/** Takes training steps on one model. */
export interface Learner {
  /**
   * One step: features -> tables -> graph -> gradients -> clip -> Adam.
   * @param stage  number of the stage, which says what is minimised
   * @param batch  the examples, and documents that are negatives of all of them
   * @param seed   of the dropout of this step
   * @returns the loss before the step and the norm of the gradients; where that is not finite, the model was left as it was
   */
  step(stage: number, batch: Batch, rate: number, seed: number): Promise<{ loss: number; norm: number }>;
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
  teacher?: Teacher,
): Learner {
  const { config } = corpus;
  const { classes } = corpus.headQueries;
  const objectives = config.training.stages.map(each => objectiveOf(config.training, each, classes));
  const engines = createEngines(model, config, engineOf(config.training));
  const rows = createRowAccumulators(model);
  const dense: Record<string, Feed> = model.dense;
  const plans = createPlans(model, corpus, queryLengths);
  const noise = createNoise(config.textEncoder.dropout, config.seed);
  return {
    async step(stage, { examples, negatives }, rate, seed) {
      const dropout = { ...dropRates(config), random: seededRandom(seed) };
      const queryFeatures = examples.map(({ query, country }) => corpus.queryFeatures({ text: query, country }));
      const shown = [...examples.map(({ document }) => document), ...negatives];
      const documentFeatures = shown.map(document => corpus.documents[document]);
      const query = fillTowerInputs(model.towers.query, model.tables, queryFeatures, plans.query, dropout);
      const document = fillTowerInputs(
        model.towers.document,
        model.tables,
        documentFeatures,
        plans.document,
        dropout,
        plans.images,
      );
      const objective = objectives[stage];
      const judged = await objectiveFeeds(
        objective,
        corpus,
        config.training.stages[stage],
        examples,
        negatives,
        teacher,
      );
      const shapes = { query: query.shape, document: document.shape };
      const engine = await engines.of(objective, shapes);
      const random: Record<string, Feed> =
        engine.dropoutSites > 0 ? { noise, 'noise.starts': drawStarts(engine.dropoutSites, seed) } : {};
      const results = await engine.run({ ...dense, ...query.feeds, ...document.feeds, ...random, ...judged });
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

interface RunnableStep extends StepEngine {
  readonly dropoutSites: number;
}

/** Engines kept at a time: each holds the activations of a batch, over a GB for an imported encoder, and few shapes come often. */
const mostEngines = 3;

function createEngines(model: ModelState, config: Config, make: EngineFactory) {
  const engines = keepRecent<RunnableStep>(mostEngines);
  const makeStep = async (objective: Objective, shapes: Shapes): Promise<RunnableStep> => {
    const { tableWidth } = config.towers;
    const step = createStepFunction({ towers: model.towers, tableWidth, shapes, objective });
    return { ...(await make(step)), dropoutSites: step.dropoutSites };
  };
  return {
    of: (objective: Objective, shapes: Shapes): Promise<RunnableStep> =>
      engines.of(JSON.stringify([objective, shapes]), () => makeStep(objective, shapes)),
    close: engines.close,
  };
}

/** How each tower's texts and the images of the documents are cut into chunks; undefined where there are none. */
function createPlans(
  model: ModelState,
  corpus: Corpus,
  queryLengths: readonly (readonly number[])[],
): Record<TowerName | 'images', ChunkPlan | undefined> {
  const { batchSize } = corpus.config.training;
  const chunks = Math.min(textChunks, batchSize);
  const lengthsOf = (kind: Channel['kind']): number[][] =>
    model.towers.document.channels.flatMap((channel, c) =>
      channel.kind === kind ? [corpus.documents.map(features => features[c].length)] : [],
    );
  const { rate, tokenRate } = dropRates(corpus.config);
  const kept = (lengths: readonly number[]): number[] => dropLengths(lengths, tokenRate, 1);
  const keptImages = (counts: readonly number[]): number[] => dropLengths(counts, rate, 0);
  return {
    query: hasText(model.towers.query) ? planChunks(queryLengths.map(kept), batchSize, chunks) : undefined,
    document: hasText(model.towers.document)
      ? plansBySize(lengthsOf('text').map(kept), documentSizes(corpus), textChunks)
      : undefined,
    images: hasImages(model.towers.document)
      ? plansBySize(lengthsOf('images').map(keptImages), documentSizes(corpus), imageChunks)
      : undefined,
  };
}

/** Documents in a batch of each stage: its own, and mined negatives. */
const documentSizes = ({ config: { training } }: Corpus): number[] =>
  training.stages.map(stage => training.batchSize + minedCount(stage, training.batchSize));

/** A plan for each number of texts that batches come in. */
function plansBySize(kinds: readonly (readonly number[])[], sizes: readonly number[], chunks: number): ChunkPlan {
  const plans = new Map(sizes.map(size => [size, planChunks(kinds, size, Math.min(chunks, size))]));
  const [standard] = plans.values();
  return lengths => (plans.get(lengths.length) ?? standard)(lengths);
}

/**
 * Lengths as feature dropout leaves them: a plan for whole texts would be a fifth too long.
 * @param always  how many always stay: the first token of a text
 */
function dropLengths(lengths: readonly number[], rate: number, always: number): number[] {
  const random = seededRandom(2);
  return lengths.map(length => {
    let kept = Math.min(always, length);
    for (let t = always; t < length; t++) if (random.next() >= rate) kept++;
    return kept;
  });
}
