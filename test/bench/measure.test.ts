import { describe, expect, it } from 'vitest';
import {
  type Contestant,
  checkAgreement,
  interleave,
  type Measured,
  pairedRatio,
  quantile,
  relativeDifference,
  summarise,
} from '../../bench/measure.js';
import { TandemError } from '../../src/errors/tandem-error.js';

const measured = (name: string, seconds: number[], warmUp = 0, answer = [1]): Measured => ({
  name,
  warmUp,
  samples: seconds.map(each => ({ seconds: each, answer })),
});

describe('interleave', () => {
  const contestant = (name: string, log: string[], rounds?: number): Contestant => ({
    name,
    rounds,
    sample: async () => {
      log.push(name);
      return { seconds: log.length, answer: [] };
    },
    close: async () => undefined,
  });

  it('takes turns, warm-up first', async () => {
    const log: string[] = [];
    const [a] = await interleave([contestant('a', log), contestant('b', log)], 1, 2);
    expect(log.join('')).toBe('ababab');
    expect(a.warmUp).toBe(1);
    expect(a.samples.map(({ seconds }) => seconds)).toEqual([1, 3, 5]);
  });

  it('lets a slow contestant sit out, and times its only round', async () => {
    const log: string[] = [];
    const [, slow] = await interleave([contestant('a', log), contestant('s', log, 1)], 2, 1);
    expect(log.join('')).toBe('asaa');
    expect(slow.warmUp).toBe(0);
    expect(summarise(slow).samples).toBe(1);
  });
});

describe('quantile', () => {
  it('interpolates between order statistics', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([10, 20, 30], 0.99)).toBeCloseTo(20 + 0.98 * 10, 12); // position .99 * 2 = 1.98
    expect(quantile([7], 0.3)).toBe(7);
  });

  it('refuses to make a figure of nothing', () => expect(() => quantile([], 0.5)).toThrow(TandemError));
});

describe('summarise', () => {
  it('leaves the warm-up out', () => {
    expect(summarise(measured('a', [9, 0.002, 0.004, 0.003], 1))).toEqual({
      name: 'a',
      samples: 3,
      p50Ms: 3,
      p99Ms: expect.closeTo(3.98, 9), // order statistics 2, 3, 4; position .99 * 2 = 1.98
      minMs: 2,
    });
  });
});

describe('pairedRatio', () => {
  it('is the median of the rounds, not the ratio of the medians', () => {
    // rounds: 2/1 = 2, 6/2 = 3, 4/4 = 1; medians alone would give 4/2 = 2
    expect(pairedRatio(measured('ours', [1, 2, 4]), measured('peer', [2, 6, 4]))).toBe(2);
    // rounds: 3/1 = 3, 9/2 = 4.5, 4/4 = 1; medians alone would give 4/2 = 2
    expect(pairedRatio(measured('ours', [1, 2, 4]), measured('peer', [3, 9, 4]))).toBe(3);
  });

  it('leaves rounds out in which either warmed up', () => {
    expect(pairedRatio(measured('ours', [100, 1, 1], 1), measured('peer', [1, 2, 2], 1))).toBe(2);
  });

  it('falls back to medians where no timed round is shared', () => {
    expect(pairedRatio(measured('ours', [9, 9, 2, 4], 2), measured('peer', [30]))).toBe(10); // 30 / 3
  });
});

describe('checkAgreement', () => {
  it('tells the largest relative difference to the first', () => {
    const all = [measured('a', [1], 0, [2, 100]), measured('b', [1], 0, [2, 101])];
    expect(checkAgreement(all, 0.1)).toEqual({ b: expect.closeTo(1 / 101, 12) });
  });

  it.each([
    ['beyond the tolerance', [2.2]],
    ['of another length', [2, 2]],
    ['not a number', [Number.NaN]],
  ])('an answer %s is an error that names both', (_, answer) => {
    const check = () => checkAgreement([measured('a', [1], 0, [2]), measured('b', [1], 0, answer)], 0.05);
    expect(check).toThrow(
      expect.objectContaining({ code: 'bench/wrong-answer', details: { differs: 'b', reference: 'a' } }),
    );
  });

  it('zero against zero is no difference', () => expect(relativeDifference([0], [0])).toBe(0));
});
