import { describe, expect, it } from 'vitest';
import { applyChanges, leftOut } from '../../../training/ablation/variants.js';
import { makeData, smallConfig } from '../fixture.js';

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
