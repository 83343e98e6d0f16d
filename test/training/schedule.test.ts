import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type StageConfig, stageSchema, trainingSchema } from '../../src/config/training.js';
import { evaluationSteps, rateAt, scheduleOf, stageSteps } from '../../training/schedule.js';

const stage = (more: Partial<StageConfig> = {}): StageConfig =>
  stageSchema.parse({ name: 'stage', epochs: 3, pseudoShare: 1, ...more });

describe('stageSteps', () => {
  it('shows as many examples as there are documents in an epoch, rounded up to whole batches, at least one', () => {
    expect(stageSteps(stage(), { documents: 100, pairs: 0 }, 32)).toBe(10); // 300 / 32 = 9.4
    expect(stageSteps(stage({ epochs: 2 }), { documents: 64, pairs: 0 }, 32)).toBe(4);
    expect(stageSteps(stage({ epochs: 0.01 }), { documents: 10, pairs: 0 }, 32)).toBe(1);
  });

  it('counts the pairs where there are more of them, in stages that learn from them', () => {
    const size = { documents: 100, pairs: 1000 };
    expect(stageSteps(stage({ pseudoShare: 0.5 }), size, 32)).toBe(94); // 3000 / 32 = 93.75
    expect(stageSteps(stage({ pseudoShare: 1 }), size, 32)).toBe(10);
    expect(stageSteps(stage({ pseudoShare: 0 }), { documents: 100, pairs: 99 }, 32)).toBe(10);
  });

  it('lets pairs lengthen a stage up to maxPairSteps, and documents further', () => {
    const capped = stage({ pseudoShare: 0.5, maxPairSteps: 50 });
    expect(stageSteps(capped, { documents: 100, pairs: 1000 }, 32)).toBe(50); // not 94
    expect(stageSteps(capped, { documents: 900, pairs: 1000 }, 32)).toBe(85); // 2700 / 32 = 84.4
    expect(stageSteps({ ...capped, minSteps: 60 }, { documents: 100, pairs: 1000 }, 32)).toBe(60);
  });

  it('is never below minSteps', () => {
    expect(stageSteps(stage({ minSteps: 300 }), { documents: 100, pairs: 0 }, 32)).toBe(300);
    expect(stageSteps(stage({ minSteps: 9 }), { documents: 100, pairs: 0 }, 32)).toBe(10);
  });

  it('gives every catalogue steps to learn in by default, and leaves a large one its epochs', () => {
    const { stages, batchSize } = trainingSchema.parse({});
    const steps = (documents: number, pairs: number) =>
      stages.map(each => stageSteps(each, { documents, pairs }, batchSize));
    for (const small of [steps(1, 0), steps(952, 0)])
      for (const taken of small) expect(taken).toBeGreaterThanOrEqual(300);
    // 12 and 18 times 54,667 documents in batches of 512
    expect(steps(54_667, 40_492)).toEqual([1282, 1922]);
  });
});

describe('scheduleOf', () => {
  it('warms up over a fifth of a short stage', () => {
    const training = trainingSchema.parse({ batchSize: 32, warmupSteps: 200 });
    const of = (epochs: number) => scheduleOf(stage({ epochs }), { documents: 320, pairs: 0 }, training);
    expect(of(10)).toMatchObject({ steps: 100, warmupSteps: 20 });
    expect(of(200)).toMatchObject({ steps: 2000, warmupSteps: 200 });
  });
});

describe('evaluationSteps', () => {
  it('counts in epochs as long as they are in the stage', () => {
    // 300 steps that stand for 12 epochs: 25 an epoch
    expect(evaluationSteps(stage({ epochs: 12 }), 300, 3)).toBe(75);
    expect(evaluationSteps(stage({ epochs: 12 }), 300, 100)).toBe(2500);
    expect(evaluationSteps(stage({ epochs: 12 }), 4, 0.01)).toBe(1);
  });
});

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
