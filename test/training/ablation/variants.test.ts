import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planRuns } from '../../../training/ablation/planned-run.js';
import { applyChanges, leftOut } from '../../../training/ablation/variants.js';
import { train } from '../../../training/trainer.js';
import { temporaryFolder } from '../../data/temporary-folder.js';
import { makeData, smallConfig, stage } from '../fixture.js';

const bag = {
  query: ['trigram', 'word'],
  document: ['titleTrigram', 'titleWord', 'descriptionTrigram', 'descriptionWord'],
};

describe('leftOut', () => {
  it('leaves out each channel of each tower and changes the fusion', () => {
    const base = smallConfig({ towers: bag });
    const variants = leftOut(base, makeData({ descriptions: true }));
    expect(variants.map(({ name }) => name)).toEqual([
      'without query.trigram',
      'without query.word',
      'without document.titleTrigram',
      'without document.titleWord',
      'without document.descriptionTrigram',
      'without document.descriptionWord',
      'fusion concat',
    ]);
    for (const { name, config } of variants.slice(0, -1)) {
      const [tower, channel] = name.slice('without '.length).split('.') as ['query' | 'document', string];
      const expected = { ...base.towers, [tower]: bag[tower].filter(other => other !== channel) };
      expect(config).toEqual({ ...base, towers: expected });
    }
    expect(variants.at(-1)!.config).toEqual({ ...base, towers: { ...base.towers, fusion: 'concat' } });
  });

  it('knows no channel that the data has nothing for', () => {
    const names = leftOut(smallConfig({ towers: bag }), makeData()).map(({ name }) => name);
    expect(names.filter(name => name.includes('description'))).toEqual([]);
    expect(names).toHaveLength(5);
  });

  it('gives a channel that is left out no loss of its own', () => {
    const blending = {
      query: [
        { channels: ['trigram'], weight: 1 },
        { channels: ['trigram', 'word'], weight: 2 },
      ],
    };
    const base = smallConfig({ towers: bag, training: { gradientBlending: blending } });
    const [withoutTrigram, withoutWord] = leftOut(base, makeData());
    expect(withoutTrigram.config.training.gradientBlending.query).toEqual([{ channels: ['word'], weight: 2 }]);
    expect(withoutWord.config.training.gradientBlending.query).toEqual([
      { channels: ['trigram'], weight: 1 },
      { channels: ['trigram'], weight: 2 },
    ]);
  });

  it('changes a fusion by concatenation into attention, and leaves a tower of one channel as it is', () => {
    const towers = { query: ['word'], document: ['titleTrigram', 'titleWord'], fusion: 'concat' };
    expect(leftOut(smallConfig({ towers }), makeData()).map(({ name }) => name)).toEqual([
      'without document.titleTrigram',
      'without document.titleWord',
      'fusion attention',
    ]);
  });

  it('refuses a base that has nothing to leave out', () => {
    const towers = { query: ['word'], document: ['titleWord'] };
    const code = 'config/bad-value';
    expect(() => leftOut(smallConfig({ towers }), makeData())).toThrow(expect.objectContaining({ code }));
  });
});

describe('what goes on from a trained model', () => {
  const from = { training: { from: 'out/model' } };

  it('has nothing left out of it', () => {
    expect(() => leftOut(smallConfig(from), makeData())).toThrow(expect.objectContaining({ code: 'config/bad-value' }));
  });

  it('is no variant with other towers', async () => {
    const config = smallConfig(from);
    const variants = [
      { name: 'base', changes: {}, config: smallConfig() },
      { name: 'narrow', changes: {}, config: { ...config, towers: { ...config.towers, embeddingWidth: 8 } } },
    ];
    const plan = { base: variants[0], seeds: [1] };
    const planned = planRuns(variants, { plan, shared: { data: makeData(), tandem: '' }, out: 'out' });
    await expect(planned).rejects.toMatchObject({
      code: 'config/bad-value',
      message: expect.stringContaining('variant "narrow": training.from'),
    });
  });

  it('is another run where the model, or a teacher, is another one', async () => {
    const folder = await temporaryFolder();
    const data = makeData();
    const model = join(folder, 'model');
    const ids: string[] = [];
    for (const seed of [1, 2]) {
      await train({
        data,
        config: { ...smallConfig({ training: { stages: [stage(0.2, 1)] } }), seed },
        out: model,
        tandem: '',
      });
      for (const training of [{ from: model }, { teacher: { model } }]) {
        const base = { name: 'base', changes: {}, config: smallConfig({ training }) };
        const [run] = await planRuns([base], { plan: { base, seeds: [1] }, shared: { data, tandem: '' }, out: folder });
        ids.push(run.fingerprint);
      }
    }
    expect(new Set(ids).size).toBe(4);
  });
});

describe('applyChanges', () => {
  it('names the key that leads nowhere', () => {
    expect(() => applyChanges(smallConfig(), { 'training.stages.2.epochs': 1 })).toThrow(
      expect.objectContaining({
        code: 'config/bad-value',
        message: 'training.stages.2.epochs: a list of 2 has no "2"',
      }),
    );
  });

  it('lays several changes on one another, in their order', () => {
    const changed = applyChanges(smallConfig(), {
      'training.auxiliary.weight': 1,
      'training.auxiliary': { classes: 5 },
    });
    expect(changed).toMatchObject({ training: { auxiliary: { weight: 1, classes: 5 } } });
  });
});
