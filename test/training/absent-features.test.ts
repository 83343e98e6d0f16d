import { expect, it } from 'vitest';
import { createModelState } from '../../models/model-state.js';
import { silenceAbsentFeatures } from '../../training/absent-features.js';
import { createCorpus } from '../../training/corpus.js';
import { fieldChannels, fixtureImages, makeData, smallConfig } from './fixture.js';

it.each([
  ['bags', smallConfig()],
  ['images and attributes', smallConfig({ towers: { document: fieldChannels, attributeBuckets: 256 } })],
])('starts the rows that nothing has a feature for from zero, and those alone: %s', async (_, config) => {
  const data = makeData({ documents: 20, fields: true });
  const corpus = await createCorpus(config, data, undefined, fixtureImages);
  const model = createModelState(config, corpus.vocabulary);
  const before = createModelState(config, corpus.vocabulary);
  silenceAbsentFeatures(model, corpus, data.pairs);
  const { channels } = model.towers.document;
  const bags = [
    ...corpus.documents.map(features => ({ channels, features })),
    ...data.pairs.map(({ query, country }) => ({
      channels: model.towers.query.channels,
      features: corpus.queryFeatures({ text: query, country }),
    })),
  ];
  const seen = new Set(
    bags.flatMap(bag => bag.channels.flatMap(({ table }, c) => [...bag.features[c]].map(id => `${table}.${id}`))),
  );
  let silent = 0;
  for (const name of ['trigram', 'word', 'attribute'] as const) {
    if (model.tables[name] === undefined) continue;
    const { rows, width, values } = model.tables[name];
    for (let row = 0; row < rows; row++) {
      const fresh = before.tables[name]!.values.subarray(row * width, (row + 1) * width);
      const known = seen.has(`${name}.${row}`);
      if (!known) silent++;
      expect(values.subarray(row * width, (row + 1) * width)).toEqual(known ? fresh : new Float32Array(width));
    }
  }
  expect(silent).toBeGreaterThan(0);
});
