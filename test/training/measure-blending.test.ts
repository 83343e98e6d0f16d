import { beforeAll, describe, expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.js';
import { type BlendingMeasures, blendedConfig, measureBlending } from '../../training/measure-blending.js';
import { temporaryFolder } from '../data/temporary-folder.js';
import { makeData, smallConfig, stage } from './fixture.js';
import { importedConfig, makeEncoder } from './imported-fixture.js';

/** Titles that queries ask for, and in each description a word that no other document has. */
const data = (() => {
  const made = makeData();
  return { ...made, documents: made.documents.map((row, i) => ({ ...row, description: `code${i} ref${i * 7}` })) };
})();
const groups = [
  { channels: ['titleTrigram', 'titleWord'], weight: 1 },
  { channels: ['descriptionTrigram', 'descriptionWord'], weight: 1 },
];
const config = smallConfig({
  training: {
    stages: [stage(2, 1), stage(3, 0), stage(1, 0, { loss: 'margin' })],
    auxiliary: { weight: 0.5 },
    averaging: 0.9,
    gradientBlending: { document: groups },
  },
});

let measured: BlendingMeasures;
beforeAll(async () => {
  measured = await measureBlending({ data, config, epochs: 8 });
});

describe('measureBlending', () => {
  it('weighs a group that memorises noise less than one that generalises', () => {
    const { groups: found } = measured;
    expect(found.map(({ tower, channels }) => [tower, ...channels])).toEqual([
      ['document', 'titleTrigram', 'titleWord'],
      ['document', 'descriptionTrigram', 'descriptionWord'],
      ['both', 'trigram', 'word', ...groups.flatMap(({ channels }) => channels)],
    ]);
    const [title, noise, joint] = found;
    // both learn their training pairs
    for (const { trainingBefore, trainingAfter } of [title, noise]) expect(trainingAfter).toBeLessThan(trainingBefore);
    expect(title.gain).toBeGreaterThan(0);
    expect(title.overfitting).toBeLessThan(noise.overfitting);
    expect(title.weight).toBeGreaterThan(10 * noise.weight);
    expect(title.weight + noise.weight + joint.weight).toBeCloseTo(1, 12);
  });

  it('starts from chance: the logarithm of the batch, less what is closed', () => {
    const { groups: found, batches } = measured;
    expect(batches).toEqual({ size: 12, training: 8, validation: 4 });
    for (const { trainingBefore, validationBefore } of found) {
      expect(trainingBefore).toBeLessThanOrEqual(Math.log(12) + 1e-6);
      expect(trainingBefore).toBeGreaterThan(Math.log(8));
      expect(validationBefore).toBe(found[0].validationBefore);
    }
  });

  it('gives the same for the same seed, and tells how far it is', async () => {
    const told: { done: number; total: number; group: number; groups: number }[] = [];
    const short = {
      data,
      config,
      epochs: 1,
      onProgress: (progress: (typeof told)[number]) => void told.push(progress),
    };
    const first = await measureBlending(short);
    // three groups of 240 / 32 steps
    expect(told.map(({ done }) => done)).toEqual(Array.from({ length: 24 }, (_, i) => i + 1));
    expect(told.every(({ total, groups: count }) => total === 24 && count === 3)).toBe(true);
    expect(told.map(({ group }) => group)).toEqual(Array.from({ length: 24 }, (_, i) => 1 + Math.floor(i / 8)));
    expect(await measureBlending({ data, config, epochs: 1 })).toEqual(first);
  });

  it.each([
    ['no groups', { data, config: smallConfig() }, 'config/bad-value'],
    ['no validation queries', { data: { ...data, validation: undefined }, config }, 'evaluation/no-queries'],
    ['no pairs', { data: { ...data, pairs: [] }, config }, 'training/no-examples'],
  ])('refuses %s', async (_, input, code) => {
    await expect(measureBlending({ ...input, epochs: 1 })).rejects.toMatchObject({ code });
  });

  it('has nothing to weigh where nothing was learnt', async () => {
    // every query is paired with the document of another one, so that what is learnt does not hold on held-out pairs
    const pairs = data.pairs.map((pair, i) => ({
      ...pair,
      document: data.pairs[(i + 7) % data.pairs.length].document,
    }));
    await expect(measureBlending({ data: { ...data, pairs }, config, epochs: 6 })).rejects.toMatchObject({
      code: 'training/no-gain',
    });
  });
});

describe('measureBlending of an imported encoder', () => {
  it('begins every group with it as it was imported', async () => {
    const same = { channels: ['title'], weight: 1 };
    const training = {
      batchSize: 32,
      pretrainedLearningRate: 1e-2,
      stages: [stage(1, 0)],
      gradientBlending: { document: [same, same] },
    };
    const config = importedConfig('importedBag', await makeEncoder(await temporaryFolder(), 1), training);
    const measured = await measureBlending({ data, config, epochs: 1 });
    const [first, second] = measured.groups.filter(({ tower }) => tower === 'document');
    expect(second.trainingAfter).toBe(first.trainingAfter);
  });
});

describe('blendedConfig', () => {
  it('is a configuration with the weights, less groups that count nothing', () => {
    const losses = { trainingBefore: 2, trainingAfter: 1, validationBefore: 2, validationAfter: 1 };
    const shares = { ...losses, gain: 1, overfitting: 0, share: 1 };
    const blended = blendedConfig(config, [
      { tower: 'query', channels: ['word'], weight: 0, ...shares },
      { tower: 'document', channels: ['titleWord', 'titleTrigram'], weight: 1 / 3, ...shares },
      { tower: 'both', channels: ['word', 'titleWord', 'titleTrigram'], weight: 2 / 3, ...shares },
    ]);
    const { gradientBlending, ...rest } = configSchema.parse(JSON.parse(JSON.stringify(blended))).training;
    expect(gradientBlending).toEqual({
      joint: 0.666667,
      query: [],
      document: [{ channels: ['titleWord', 'titleTrigram'], weight: 0.333333 }],
    });
    const { gradientBlending: _, ...given } = config.training;
    expect(rest).toEqual(given);
  });
});
