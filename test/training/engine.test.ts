import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { createExampleSource } from '../../data/examples.js';
import { fillTowerInputs } from '../../models/batch-inputs.js';
import { createNoise, drawStarts } from '../../models/dropout.js';
import { createModelState } from '../../models/model-state.js';
import type { Config } from '../../src/config/schema.js';
import { type Random, seededRandom } from '../../src/math/random.js';
import { planChunks } from '../../training/chunk-plan.js';
import { auxiliaryOf, createCorpus } from '../../training/corpus.js';
import { engineOf } from '../../training/engine.js';
import { createLearner } from '../../training/learner.js';
import { minedCount } from '../../training/mining.js';
import { objectiveOf } from '../../training/objective.js';
import { objectiveFeeds } from '../../training/objective-feeds.js';
import { createOptimiserState } from '../../training/optimiser.js';
import { createStepFunction } from '../../training/step.js';
import { fieldChannels, fixtureImages, makeData, smallConfig, stage, textConfig } from './fixture.js';

const tfjsNode = ((): boolean => {
  try {
    createRequire(import.meta.url).resolve('@tensorflow/tfjs-node');
    return true;
  } catch {
    return false;
  }
})();
if (!tfjsNode)
  console.log('skipped: eager-tfjs-node, @tensorflow/tfjs-node is not installed (npm run setup:tfjs-node)');

const engines = ['eager-cpu', ...(tfjsNode ? (['eager-tfjs-node'] as const) : [])] as const;
const twoLayers = textConfig({ textEncoder: { pooling: 'cls', queryLayers: 2 } });
const pictured = { document: fieldChannels, image: { hidden: 12 }, attributeBuckets: 256 };
const lastStage = (more: Record<string, unknown>) =>
  smallConfig({ training: { stages: [stage(3, 1), stage(3, 0.5, more)] } });
const presets: [string, Config][] = [
  ['bag', smallConfig()],
  ['symmetric', smallConfig({ training: { symmetric: true } })],
  ['popularity correction', smallConfig({ training: { popularityCorrection: true } })],
  ['margin over the hardest negatives', lastStage({ loss: 'margin', margin: 0.2 })],
  ['binary over the hardest negatives', lastStage({ loss: 'binary' })],
  ['auxiliary task', smallConfig({ training: { auxiliary: { weight: 0.3, classes: 8 } } })],
  ['mined negatives', lastStage({ mined: { perQuery: 1 } })],
  ['margin over mined negatives', lastStage({ loss: 'margin', mined: { perQuery: 1 } })],
  ['distillation', lastStage({ distillation: 0.5 })],
  [
    'gradient blending',
    smallConfig({
      training: {
        gradientBlending: {
          query: [{ channels: ['trigram'], weight: 0.5 }],
          document: [{ channels: ['titleTrigram', 'titleWord'], weight: 0.3 }],
        },
      },
    }),
  ],
  ['images and attributes', smallConfig({ towers: pictured })],
  [
    'gradient blending of images and attributes',
    smallConfig({
      towers: pictured,
      training: {
        gradientBlending: { document: [{ channels: ['image', 'attribute.price'], weight: 0.3 }] },
      },
    }),
  ],
  ['concat', smallConfig({ towers: { fusion: 'concat' } })],
  ['text', textConfig()],
  ['text with cls', twoLayers],
  ['text with the layers of a BERT', textConfig({ textEncoder: { embeddingNorm: true, activation: 'geluTanh' } })],
  [
    'one encoder for both towers, alone',
    smallConfig({
      towers: { fusion: 'none', query: ['text'], document: ['title'] },
      textEncoder: { shared: true, embeddingNorm: true, activation: 'relu' },
    }),
  ],
];
const cases = presets.flatMap(([name, config]) => engines.map(engine => [engine, name, config] as const));

/** Biases start from zero; here they do not, so that every gradient matters. */
function stir(values: Float32Array, random: Random): void {
  for (let i = 0; i < values.length; i++) values[i] += 0.05 * random.normal();
}

/** A square matrix whose rows are positive and sum to 1. */
function softmaxRows(size: number, random: Random): Float32Array {
  const values = Float32Array.from({ length: size * size }, () => Math.exp(random.normal()));
  for (let row = 0; row < size; row++) {
    const own = values.subarray(row * size, (row + 1) * size);
    const sum = own.reduce((a, b) => a + b, 0);
    own.forEach((value, j) => {
      own[j] = value / sum;
    });
  }
  return values;
}

async function makeStep(config: Config) {
  const data = makeData({ descriptions: true, fields: true, documents: 60 });
  const corpus = await createCorpus(config, data, undefined, fixtureImages);
  const model = createModelState(config, corpus.vocabulary, undefined, auxiliaryOf(corpus));
  for (const { values } of Object.values(model.dense)) stir(values, seededRandom(8));
  const source = createExampleSource({ ...data, pseudoQuery: corpus.pseudoQuery, seed: 4 });
  const examples = source(0, config.training.stages[1], 0, 32);
  const negatives = Array.from({ length: minedCount(config.training.stages[1], 32) }, (_, i) => i);
  const plan = planChunks([[4, 8]], 32, 4);
  const query = fillTowerInputs(
    model.towers.query,
    model.tables,
    examples.map(({ query: text, country }) => corpus.queryFeatures({ text, country })),
    plan,
  );
  const document = fillTowerInputs(
    model.towers.document,
    model.tables,
    [...examples.map(e => e.document), ...negatives].map(document => corpus.documents[document]),
    plan,
    undefined,
    planChunks([[4]], 32, 4),
  );
  const [, last] = config.training.stages;
  const objective = objectiveOf(config.training, last, corpus.headQueries.classes);
  const judged = await objectiveFeeds(objective, corpus, last, examples, negatives);
  if (objective.distillation > 0) judged.teacher = { values: softmaxRows(32, seededRandom(6)), shape: [32, 32] };
  const step = createStepFunction({
    towers: model.towers,
    tableWidth: config.towers.tableWidth,
    shapes: { query: query.shape, document: document.shape },
    objective,
  });
  const { dropoutSites } = step;
  const noise = { noise: createNoise(config.textEncoder.dropout, 1), 'noise.starts': drawStarts(dropoutSites, 2) };
  return {
    step,
    feeds: { ...model.dense, ...query.feeds, ...document.feeds, ...(dropoutSites > 0 && noise), ...judged },
  };
}

describe('engines', () => {
  it.each(cases)('%s gives the loss and gradients of the recorded one: %s', async (engine, _, config) => {
    const { step, feeds } = await makeStep(config);
    const results = [];
    for (const name of ['recorded', engine] as const) {
      const made = await engineOf({ engine: name, threads: 1, provider: 'cpu' })(step);
      results.push(await made.run(feeds));
      await made.close();
    }
    const [recorded, eager] = results;
    expect(Object.keys(eager).sort()).toEqual(Object.keys(recorded).sort());
    expect(Object.keys(recorded)).toHaveLength(step.learned.length + 1);
    expect(Math.abs(recorded.loss[0] - eager.loss[0])).toBeLessThan(1e-4 * eager.loss[0]);
    // a key's bias moves all scores of a row alike, so its true gradient is 0 and only rounding is left: hence the floor of the whole step
    const norm = (values: Float32Array): number => Math.hypot(...values);
    const whole = Math.hypot(...step.learned.map(name => norm(eager[`gradient:${name}`])));
    expect(whole).toBeGreaterThan(0.01);
    for (const name of step.learned) {
      const [a, b] = [recorded[`gradient:${name}`], eager[`gradient:${name}`]];
      expect(a).toHaveLength(b.length);
      const difference = norm(a.map((x, i) => x - b[i]));
      expect(difference, name).toBeLessThanOrEqual(1e-4 * Math.max(norm(b), 1e-3 * whole));
      if (!name.endsWith('key.bias')) expect(norm(b), name).toBeGreaterThan(0);
    }
  });

  it('says which provider onnxruntime lacks', async () => {
    const { step } = await makeStep(smallConfig());
    // the CUDA files of onnxruntime are not installed with it
    await expect(engineOf({ engine: 'recorded', threads: 1, provider: 'cuda' })(step)).rejects.toMatchObject({
      code: 'training/provider-missing',
      details: { provider: 'cuda' },
    });
  });

  it.skipIf(tfjsNode)('says what to do where the optional package is missing', () => {
    expect(() => engineOf({ engine: 'eager-tfjs-node', threads: 1, provider: 'cpu' })).toThrow(
      expect.objectContaining({ code: 'training/engine-missing' }),
    );
  });
});

describe('createLearner', () => {
  it('takes the same steps with the recorded and the eager engine', async () => {
    const data = makeData({ documents: 60 });
    const lossesOf = async (engine: 'recorded' | 'eager-cpu') => {
      const config = smallConfig({
        towers: { document: ['titleTrigram', 'titleWord'] },
        training: { engine, stages: [stage(1, 0.5)] },
      });
      const corpus = await createCorpus(config, data);
      const model = createModelState(config, corpus.vocabulary);
      const learner = createLearner(model, createOptimiserState(model), corpus, []);
      const source = createExampleSource({ ...data, pseudoQuery: corpus.pseudoQuery, seed: 4 });
      const losses: number[] = [];
      for (let step = 0; step < 6; step++) {
        const { loss } = await learner.step(
          0,
          { examples: source(0, config.training.stages[0], step, 32), negatives: [] },
          0.01,
          step,
        );
        losses.push(loss);
      }
      await learner.close();
      return losses;
    };
    const [recorded, eager] = [await lossesOf('recorded'), await lossesOf('eager-cpu')];
    for (const [step, loss] of recorded.entries()) expect(loss / eager[step]).toBeCloseTo(1, 4);
    expect(recorded[5]).toBeLessThan(recorded[0]);
  });
});
