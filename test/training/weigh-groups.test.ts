import { describe, expect, it } from 'vitest';
import type { TrainedGroup } from '../../training/channel-groups.js';
import { weighGroups } from '../../training/weigh-groups.js';

const groups: TrainedGroup[] = [
  { tower: 'query', channels: ['word'] },
  { tower: 'document', channels: ['country'] },
  { tower: 'document', channels: ['title'] },
  { tower: 'both', channels: ['word', 'country', 'title'] },
];
/** Two equal batches of each kind: their standard error is 0. */
const losses = (training: number, validation: number) => ({
  training: [training, training],
  validation: [validation, validation],
});

describe('weighGroups', () => {
  const after = [losses(2, 4), losses(4.5, 4.5), losses(1, 5), losses(2, 3.5)];
  const { groups: measured, leastOverfitting } = weighGroups(groups, losses(5, 5), after);

  it('weighs by G / O^2, no group by less overfitting than all channels show', () => {
    // all channels: G = 5 - 3.5 = 1.5, O = 3.5 - 2 - 0 = 1.5, 1.5 / 2.25 = 2/3
    expect(leastOverfitting).toBe(1.5);
    expect(measured.map(({ gain, overfitting }) => [gain, overfitting])).toEqual([
      [1, 2],
      [0.5, 0],
      [0, 4],
      [1.5, 1.5],
    ]);
    // word: 1 / 4; country: .5 / 1.5^2 = 2/9; title has not got better; sum 1/4 + 2/9 + 2/3 = 41/36
    const shares = [1 / 4, 2 / 9, 0, 2 / 3];
    measured.forEach(({ share, weight }, g) => {
      expect(share).toBeCloseTo(shares[g], 12);
      expect(weight).toBeCloseTo((shares[g] * 36) / 41, 12);
    });
  });

  it('keeps what it was measured from', () => {
    expect(measured[0]).toMatchObject({
      tower: 'query',
      channels: ['word'],
      trainingBefore: 5,
      trainingAfter: 2,
      validationBefore: 5,
      validationAfter: 4,
    });
  });

  it('counts at least the standard error of the overfitting of all channels', () => {
    // changes of training -1, -3: variance 2, of their mean 2 / 2; of validation -1, -1: 0; O = -1 - -2 = 1, its error 1
    const one = { training: [4, 2], validation: [4, 4] };
    // the same with changes 0, -4: variance 8, of the mean 4, error 2
    const two = { training: [5, 1], validation: [4, 4] };
    expect(weighGroups(groups.slice(3), losses(5, 5), [one]).leastOverfitting).toBe(1);
    expect(weighGroups(groups.slice(3), losses(5, 5), [two]).leastOverfitting).toBe(2);
  });

  it('weighs nothing where all channels together have not got better', () => {
    const worse = [losses(1, 4), losses(1, 4), losses(1, 4), losses(1, 5)];
    expect(() => weighGroups(groups, losses(5, 5), worse)).toThrow(
      expect.objectContaining({
        code: 'training/no-gain',
        message: 'all channels together: the validation loss went from 5.0000 to 5.0000',
      }),
    );
  });
});
