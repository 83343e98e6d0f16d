import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadModel } from '../../models/runtime/load-model.js';
import { inspectModel } from '../../training/inspect-model.js';
import { measureBlending } from '../../training/measure-blending.js';
import { train } from '../../training/trainer.js';
import { temporaryFolder } from '../data/temporary-folder.js';
import { fieldChannels, fixtureImages, makeData, smallConfig, stage } from './fixture.js';

const data = makeData({ fields: true });
const config = smallConfig({ towers: { document: fieldChannels }, training: { stages: [stage(2, 0.5)] } });
const pictured = data.documents.filter(({ images = [] }) => fixtureImages.of(images).length > 0).length;

it('measures the channels of images and attributes like any other', async () => {
  const out = join(await temporaryFolder(), 'model');
  const { metrics } = await train({ data, config, out, images: fixtureImages, tandem: '' });
  const model = await loadModel(out, { threads: 1 });
  const options = { imageLimit: config.towers.image.limit, seed: 1, threads: 1 };
  const seen = await inspectModel(model.towers, data.documents, data.validation!, {
    images: fixtureImages,
    ...options,
  });
  const blind = await inspectModel(model.towers, data.documents, data.validation!, options);
  await model.close();
  for (const [name, value] of Object.entries(seen.figures)) expect(value, name).toBeCloseTo(metrics[name], 6);
  const images = (inspection: typeof seen) => inspection.importance.find(({ channel }) => channel === 'image')!;
  expect(seen.importance.slice(2).map(({ channel }) => channel)).toEqual(fieldChannels);
  expect(pictured).toBeGreaterThan(0);
  expect(images(seen).share).toBe(pictured / data.documents.length);
  // without the images in every row the towers are those that never see one
  expect(images(seen).without).toEqual(blind.figures);
  expect(images(blind)).toMatchObject({ share: 0, lost: { 'nDCG@10': { mean: 0, low: 0, high: 0 } } });
});

it('weighs images and attributes as groups', async () => {
  const { groups } = await measureBlending({ data, config, images: fixtureImages, epochs: 4 });
  expect(groups.map(({ tower, channels }) => [tower, ...channels])).toEqual([
    ['document', 'titleTrigram', 'titleWord'],
    ['document', 'image'],
    ['document', ...fieldChannels.filter(channel => channel.startsWith('attribute.'))],
    ['both', 'trigram', 'word', ...fieldChannels],
  ]);
  expect(groups.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
});
