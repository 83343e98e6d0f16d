import { expect, it } from 'vitest';
import { createModelState } from '../../models/model-state.js';
import { silenceAbsentFeatures } from '../../training/absent-features.js';
import { createCorpus } from '../../training/corpus.js';
import { makeData, smallConfig } from './fixture.js';

it('starts the rows that nothing has a feature for from zero, and those alone', async () => {
  const config = smallConfig();
  const data = makeData({ documents: 20 });
  const corpus = await createCorpus(config, data);
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
  for (const name of ['trigram', 'word'] as const) {
    const { rows, width, values } = model.tables[name]!;
    for (let row = 0; row < rows; row++) {
      const fresh = before.tables[name]!.values.subarray(row * width, (row + 1) * width);
      const known = seen.has(`${name}.${row}`);
      if (!known) silent++;
      expect(values.subarray(row * width, (row + 1) * width)).toEqual(known ? fresh : new Float32Array(width));
    }
  }
  expect(silent).toBeGreaterThan(0);
});
