import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rateAt } from '../../training/schedule.js';

describe('rateAt', () => {
  it('rises over the warm-up while the decay already runs, and ends at its part of the top', () => {
    const schedule = { rate: 0.1, warmupSteps: 2, steps: 5, finalRate: 0.2 };
    // decay: 1, .8, .6, .4, .2; warm-up: 1/2, 1, 1, 1, 1
    const expected = [0.05, 0.08, 0.06, 0.04, 0.02];
    for (const [step, rate] of expected.entries()) expect(rateAt(step, schedule)).toBeCloseTo(rate, 12);
  });

  it('is constant with a final rate of 1 and no warm-up', () => {
    const rates = [0, 1, 2].map(step => rateAt(step, { rate: 0.3, warmupSteps: 0, steps: 3, finalRate: 1 }));
    expect(rates).toEqual([0.3, 0.3, 0.3]);
  });

  it('gives a stage of one step its final rate', () => {
    expect(rateAt(0, { rate: 1, warmupSteps: 0, steps: 1, finalRate: 0.3 })).toBeCloseTo(0.3, 12);
  });

  it('never rises after the warm-up and stays within (0, rate]', () => {
    const schedules = fc.record({
      rate: fc.double({ min: 1e-6, max: 1, noNaN: true }),
      warmupSteps: fc.integer({ min: 0, max: 20 }),
      steps: fc.integer({ min: 2, max: 60 }),
      finalRate: fc.double({ min: 0.01, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(schedules, schedule => {
        const rates = Array.from({ length: schedule.steps }, (_, step) => rateAt(step, schedule));
        for (const rate of rates) expect(rate > 0 && rate <= schedule.rate * (1 + 1e-12)).toBe(true);
        for (let step = schedule.warmupSteps + 1; step < rates.length; step++) {
          expect(rates[step]).toBeLessThanOrEqual(rates[step - 1]);
        }
      }),
    );
  });
});
