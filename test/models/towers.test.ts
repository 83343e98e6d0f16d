import { describe, expect, it } from 'vitest';
import type { ChunkPlan } from '../../models/batch-inputs.js';
import type { TowerName } from '../../models/channels.js';
import { encodeModel } from '../../models/recorder/onnx-proto.js';
import { record } from '../../models/recorder/record.js';
import { tableInputs, towerInputs, towerParameters } from '../../models/towers.js';
import { expectAllClose, expectParity, runEagerly, runNative } from './recorder/parity.js';
import { smallConfig, someFeatures, towerRun, trainedState } from './small-towers.js';

const bags = { query: ['trigram', 'word', 'country'] };
const texts = {
  query: ['trigram', 'word', 'text', 'country'],
  document: ['titleTrigram', 'titleWord', 'descriptionTrigram', 'descriptionWord', 'title', 'description', 'country'],
};
const pictured = {
  query: ['trigram', 'word'],
  document: ['titleTrigram', 'image', 'attribute.price', 'attribute.colour', 'country'],
};
const everything = { ...texts, document: [...texts.document, 'attribute.price', 'image'] };
const textAlone = { query: ['text'], document: ['title'] };
const configurations = {
  'the default bags': smallConfig(),
  'bags with the country': smallConfig(bags),
  'bags, concatenated': smallConfig({ ...bags, fusion: 'concat' }),
  'mean-pooled text': smallConfig(texts),
  'text by its first token': smallConfig({ ...texts, pooling: 'cls' }),
  'images and attributes': smallConfig(pictured),
  'images, concatenated': smallConfig({ ...pictured, fusion: 'concat' }),
  'texts, images and attributes': smallConfig(everything),
  'images alone': smallConfig({ document: ['image'] }),
  'text alone': smallConfig(textAlone),
  'text, concatenated': smallConfig({ ...texts, fusion: 'concat', pooling: 'cls' }),
};
const every = Object.entries(configurations).flatMap(([about, config]) =>
  (['query', 'document'] as const).map(name => ({ about, config, name })),
);

/** Three chunks: the two shortest texts, the next one, the rest. */
const threeChunks: ChunkPlan = lengths =>
  [0, 2, 3].map((from, i, starts) => {
    const to = starts[i + 1] ?? lengths.length;
    return { tokens: Math.max(1, lengths[to - 1]), count: to - from };
  });

/** As many chunks as texts, each a little longer than its text. */
const onePerText: ChunkPlan = lengths => lengths.map(length => ({ tokens: length + 1, count: 1 }));

describe('embedTower', () => {
  it.each(every)('recorded equals eager: $about, $name tower', async ({ config, name }) => {
    const state = trainedState(config);
    for (const n of [1, 6]) {
      const { inputs, compute } = towerRun(state, name, someFeatures(state, name, n));
      await expectParity(inputs, compute);
      const [embedding] = runEagerly(inputs, compute);
      expect(embedding.shape).toEqual([n, 8]);
    }
  });

  it.each(every)('gives rows of length 1, or 0 where nothing is present: $about, $name tower', ({ config, name }) => {
    const state = trainedState(config);
    const features = someFeatures(state, name, 12);
    const { inputs, compute } = towerRun(state, name, features);
    const [{ values }] = runEagerly(inputs, compute);
    features.forEach((example, b) => {
      const length = Math.hypot(...values.slice(8 * b, 8 * b + 8));
      const nothing = example.every(own => own.length === 0) && config.towers.fusion === 'attention';
      expect(length).toBeCloseTo(nothing ? 0 : 1, 5);
    });
  });

  it.each(['mean', 'cls'])('gives the same embeddings in one chunk and in several: %s', async pooling => {
    const state = trainedState(smallConfig({ ...everything, pooling }));
    for (const name of ['query', 'document'] as const) {
      const features = someFeatures(state, name, 8, 3);
      const single = towerRun(state, name, features);
      const wanted = runEagerly(single.inputs, single.compute);
      for (const plan of [threeChunks, onePerText]) {
        const several = towerRun(state, name, features, plan);
        expectAllClose(runEagerly(several.inputs, several.compute), wanted, 1e-5);
        await expectParity(several.inputs, several.compute);
      }
    }
  });

  it('does not let a description that is absent be felt', () => {
    const config = smallConfig(texts);
    const features = someFeatures(trainedState(config), 'document', 4).map(example =>
      example.map((ids, c) => (config.towers.document[c].startsWith('description') ? new Int32Array(0) : ids)),
    );
    const embed = (change: number) => {
      const state = trainedState(config);
      for (const [name, { values }] of Object.entries(state.dense)) {
        if (name.startsWith('document.description')) for (let i = 0; i < values.length; i++) values[i] += change;
      }
      const { inputs, compute } = towerRun(state, 'document', features);
      return runEagerly(inputs, compute);
    };
    expect(embed(1)).toEqual(embed(0));
    const withDescription = towerRun(
      trainedState(config),
      'document',
      someFeatures(trainedState(config), 'document', 4),
    );
    expect(runEagerly(withDescription.inputs, withDescription.compute)).not.toEqual(embed(0));
  });

  it('gives an absent channel weight 0: the embedding is that of the tower without it', () => {
    const config = smallConfig({ document: ['titleTrigram', 'image', 'attribute.price', 'country'] });
    const state = trainedState(config);
    const features = someFeatures(state, 'document', 6, 9).map(example =>
      example.map((own, c) => (c === 1 ? [] : c === 2 ? new Int32Array(0) : own)),
    );
    const whole = towerRun(state, 'document', features);
    const [embedding, weights] = runEagerly(whole.inputs, whole.compute);

    const bare = trainedState(smallConfig({ document: ['titleTrigram', 'country'] }));
    const { 'document.fusion.weight': fusion, 'document.fusion.bias': bias } = state.dense;
    // the fusion of channels 0 and 3 alone: of its 4 * 8 rows those of the two, and the two columns
    const rows = Array.from({ length: 8 }, (_, j) => j);
    const kept = [...rows, ...rows.map(j => 24 + j)].flatMap(row => [4 * row, 4 * row + 3]);
    const dense = {
      ...state.dense,
      'document.fusion.weight': { shape: [16, 2], values: Float32Array.from(kept, i => fusion.values[i]) },
      'document.fusion.bias': { shape: [2], values: Float32Array.of(bias.values[0], bias.values[3]) },
    };
    const alone = towerRun(
      { ...state, towers: bare.towers, dense },
      'document',
      features.map(([title, , , country]) => [title, country]),
    );
    const [wanted, shares] = runEagerly(alone.inputs, alone.compute);
    expectAllClose([embedding], [wanted], 1e-6);
    features.forEach((_, b) => {
      expect(weights.values.slice(4 * b + 1, 4 * b + 3)).toEqual([0, 0]);
      expect(weights.values[4 * b]).toBeCloseTo(shares.values[2 * b], 6);
    });
  });

  it('embeds an example alone as in a batch', () => {
    const state = trainedState(smallConfig(everything));
    const features = someFeatures(state, 'document', 6, 5);
    const whole = towerRun(state, 'document', features);
    const [{ values }] = runEagerly(whole.inputs, whole.compute);
    features.forEach((example, b) => {
      const alone = towerRun(state, 'document', [example]);
      const wanted = { dtype: 'float32' as const, shape: [1, 8], values: values.slice(8 * b, 8 * b + 8) };
      expectAllClose(runEagerly(alone.inputs, alone.compute).slice(0, 1), [wanted], 1e-5);
    });
  });
});

describe('what a tower says of itself', () => {
  it.each(every)('names every input, table input and parameter: $about, $name tower', async ({ config, name }) => {
    const state = trainedState(config);
    const tower = state.towers[name];
    const { batch, inputs, compute } = towerRun(state, name, someFeatures(state, name, 5), threeChunks);
    const specs = towerInputs(tower, config.towers.tableWidth, batch.shape);
    const parameters = towerParameters(tower, config.towers.tableWidth);
    const shapes = {
      ...Object.fromEntries(Object.entries(specs).map(([key, { shape }]) => [key, shape])),
      ...parameters,
    };
    expect(shapes).toEqual(Object.fromEntries(Object.entries(inputs).map(([key, { shape }]) => [key, shape])));
    for (const key of tableInputs(tower, batch.shape)) expect(specs).toHaveProperty([key]);
    const graph = record(inputs, (tf, given) => {
      const [embedding] = compute(tf, given) as never[];
      return { embedding };
    });
    await runNative(encodeModel(graph), inputs);
    const used = new Set(graph.nodes.flatMap(node => node.inputs));
    // Mean pooling needs no first token and the first token no shares: all else is used.
    const idle = Object.keys(inputs).filter(key => !used.has(key));
    const shares = config.textEncoder.pooling === 'cls' ? Object.keys(specs).filter(key => key.includes('.share')) : [];
    expect(idle.toSorted()).toEqual(shares.toSorted());
  });

  it('shares one encoder between title and description', () => {
    const { towers } = trainedState(smallConfig(texts));
    const names = Object.keys(towerParameters(towers.document, 10)).filter(name => name.includes('layer'));
    expect(names.every(name => name.startsWith('document.encoder.layer'))).toBe(true);
    expect(names.length).toBe(2 * 16);
    const layersOf = (name: TowerName) =>
      new Set(Object.keys(towerParameters(towers[name], 10)).map(key => /layer\d/.exec(key)?.[0]));
    expect(layersOf('query').size - 1).toBe(1);
  });
});
