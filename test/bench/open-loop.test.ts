import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { askAtIntervals } from '../../bench/open-loop.js';

describe('askAtIntervals', () => {
  it('asks every question once, in order, and never before it is due', async () => {
    const asked: number[] = [];
    const times = await askAtIntervals(
      async number => {
        asked.push(number);
      },
      4,
      0.02,
    );
    expect(asked).toEqual([0, 1, 2, 3, 4]);
    for (const time of times) expect(time).toBeGreaterThanOrEqual(0);
  });

  it('charges a stall to all who waited for it, and does not wait for an answer to ask on', async () => {
    const stall = async (number: number): Promise<void> => {
      const until = performance.now() + 60;
      if (number === 0) while (performance.now() < until);
      if (number === 1) await pause(100);
    };
    const times = await askAtIntervals(stall, 10, 0.05);
    // all five are due within 40 ms, and the first holds the process for 60
    times.forEach((time, number) => {
      expect(time).toBeGreaterThanOrEqual(60 - number * 10);
    });
    expect(times[1]).toBeGreaterThanOrEqual(140);
  });
});
