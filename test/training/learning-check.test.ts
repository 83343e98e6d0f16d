import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PreparedData } from '../../data/prepared.js';
import { modelManifestSchema } from '../../models/manifest.js';
import { chanceNdcg } from '../../training/learning-check.js';
import { train } from '../../training/trainer.js';
import { temporaryFolder } from '../data/temporary-folder.js';
import { makeData, smallConfig, stage } from './fixture.js';

/** A rate below the last bit of every value: the model stays noise. */
const stalled = smallConfig({ training: { learningRate: 1e-12, stages: [stage(1, 1)] } });
const trained = smallConfig({ training: { stages: [stage(6, 1), stage(6, 0.5)] } });

async function trainOn(data: PreparedData, config: typeof stalled) {
  const out = join(await temporaryFolder(), 'model');
  const summary = await train({ data, config, out, tandem: '' });
  const manifest = modelManifestSchema.parse(JSON.parse(await readFile(join(out, 'model.json'), 'utf8')));
  return { ...summary, manifest };
}

/** Validation queries of words that stand in no document and no pair. */
function withStrangeQueries(): PreparedData {
  const { validation, ...data } = makeData();
  const queries = validation!.queries.map(({ id }, q) => ({ id, text: `zz${q}qq yy${q}xx` }));
  return { ...data, validation: { queries, qrels: validation!.qrels } };
}

describe('chanceNdcg', () => {
  it('is the expectation over all orders', () => {
    // two documents, one wanted: it comes first (nDCG 1) or second (1 / log2(3)), each in half of the orders
    expect(chanceNdcg({ relevant: [[0]] }, 2)).toBeCloseTo((1 + 1 / Math.log2(3)) / 2, 12);
    // all wanted: every order is the best; a query that wants nothing does not count
    expect(chanceNdcg({ relevant: [[0, 1, 2], []] }, 3)).toBeCloseTo(1, 12);
    // ten of 1000 wanted: each of the first ten ranks holds one with probability 1 / 100
    expect(chanceNdcg({ relevant: [Array(10).fill(0)] }, 1000)).toBeCloseTo(0.01, 12);
  });
});

describe('a model that has learnt nothing', () => {
  it.each([
    ['validation queries', true],
    ['no validation queries', false],
  ])('says so, with %s, and what to do, also in model.json', async (_, validation) => {
    const { warnings, knownItems, manifest } = await trainOn(makeData({ validation }), stalled);
    expect(warnings).toEqual([expect.stringMatching(/learnt next to nothing.*minSteps/)]);
    // 240 known items each against 50 others: chance is .5, and noise seldom leaves it by more than .1
    expect(Math.abs(knownItems!['ROC AUC'] - 0.5)).toBeLessThan(0.2);
    expect(manifest.warnings).toEqual(warnings);
    expect(manifest.metrics['known-item ROC AUC']).toBe(knownItems!['ROC AUC']);
  });
});

describe('a model that has learnt', () => {
  it('says nothing, and measures no known items where validation queries show it', async () => {
    const { warnings, knownItems, manifest } = await trainOn(makeData(), trained);
    expect({ warnings, knownItems, told: manifest.warnings }).toEqual({ warnings: [] });
  });

  it('is measured by known items where there are no validation queries', async () => {
    const { warnings, knownItems, metrics } = await trainOn(makeData({ validation: false }), trained);
    expect(warnings).toEqual([]);
    expect(metrics).toEqual({});
    expect(knownItems!['ROC AUC']).toBeGreaterThan(0.95);
  });

  it('is measured by what it was trained on where the documents have no words of their own', async () => {
    const { documents, ...data } = makeData({ validation: false, fields: true });
    const alike = documents.map(document => ({ ...document, title: 'thing' }));
    const config = smallConfig({
      towers: { document: ['titleWord', 'attribute.brand', 'attribute.tags'] },
      training: { stages: [stage(20, 0)] },
    });
    const { warnings, knownItems } = await trainOn({ ...data, documents: alike }, config);
    expect(knownItems!['ROC AUC']).toBeLessThan(0.6);
    expect(warnings).toEqual([]);
  });

  it('says that the validation queries ask for something else, where it finds documents by their words alone', async () => {
    const { warnings, metrics } = await trainOn(withStrangeQueries(), trained);
    expect(metrics['ROC AUC']).toBeLessThan(0.6);
    expect(metrics['nDCG@10']).toBeLessThan(0.05);
    expect(warnings).toEqual([expect.stringMatching(/hardly finds what the validation queries ask for.*more pairs/)]);
  });
});
