import { describe, expect, it } from 'vitest';
import { lambdaMartSchema } from '../../../src/config/ranking.js';
import { compileEnsemble } from '../../../src/ranking/trees/compile.js';
import { readEnsemble, writeEnsemble } from '../../../src/ranking/trees/stored-ensemble.js';
import { type LambdaMartState, trainLambdaMart } from '../../../training/ranking/lambda-mart.js';
import { ndcgMeter } from '../../../training/ranking/ndcg.js';
import type { RankingRows } from '../../../training/ranking/rows.js';
import { learnableRows } from './rows-of.js';

const rows = learnableRows(1, 300);
const validation = learnableRows(2, 100);
const optionsOf = (given: object) => lambdaMartSchema.parse({ trees: 20, leaves: 8, threads: 1, ...given });

const scoresOf = (ensemble: Parameters<typeof compileEnsemble>[0], { columns }: RankingRows): Float64Array =>
  compileEnsemble(ensemble).scores(columns.map(column => Float64Array.from(column)));

describe('trainLambdaMart', () => {
  it('puts better documents first, also of queries that it has not seen', async () => {
    const { ensemble, curve, best } = await trainLambdaMart(rows, validation, optionsOf({}));
    const chance = ndcgMeter(validation, 10)(new Float64Array(validation.gains.length));
    expect(best.validation).toBeGreaterThan(chance + 0.2);
    expect(curve[0].train).toBeLessThan(curve.at(-1)!.train);
    expect(ensemble.trees).toHaveLength(best.tree);
    // what it has measured is what serving computes
    expect(ndcgMeter(validation, 10)(scoresOf(ensemble, validation))).toBe(best.validation);
    expect(ndcgMeter(rows, 10)(scoresOf(ensemble, rows))).toBe(best.train);
  });

  it.each([2, 3])('grows the same trees with %d threads', async threads => {
    const given = { queryShare: 0.7, featureShare: 0.8, trees: 6 };
    const alone = await trainLambdaMart(rows, validation, optionsOf(given));
    const together = await trainLambdaMart(rows, validation, optionsOf({ ...given, threads }));
    expect(together).toEqual(alone);
  });

  it('grows other trees from another seed, where there is something to draw', async () => {
    const [one, two] = await Promise.all(
      [1, 2].map(seed => trainLambdaMart(rows, undefined, optionsOf({ queryShare: 0.5, trees: 3, seed }))),
    );
    expect(one.ensemble).not.toEqual(two.ensemble);
  });

  it('goes on where a run was interrupted, and ends with the same bytes', async () => {
    const options = optionsOf({ queryShare: 0.6, featureShare: 0.6, trees: 12, earlyStop: 0 });
    const states: LambdaMartState[] = [];
    const whole = await trainLambdaMart(rows, validation, options, {
      saveState: state => {
        states.push(state);
      },
    });
    const { ensemble, curve } = states[4];
    const state = { ensemble: readEnsemble(JSON.parse(JSON.stringify(writeEnsemble(ensemble)))), curve };
    const resumed = await trainLambdaMart(rows, validation, options, { state });
    expect(JSON.stringify(writeEnsemble(resumed.ensemble))).toBe(JSON.stringify(writeEnsemble(whole.ensemble)));
    expect(resumed.curve).toEqual(whole.curve);
  });
});
