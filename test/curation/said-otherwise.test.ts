import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { otherwiseFound } from '../../bench/rules/otherwise-found.js';
import { saidOtherwise } from '../../bench/rules/said-otherwise.js';
import { prepareEmoji } from '../../data/prepare-emoji.js';
import { type PreparedData, readPrepared } from '../../data/prepared.js';
import { loadModel } from '../../models/runtime/load-model.js';
import { presets } from '../../src/config/presets.js';
import { configSchema } from '../../src/config/schema.js';
import type { MatcherParts } from '../../src/curation/match-rules.js';
import { train } from '../../training/trainer.js';

let folder: string;
let data: PreparedData;
let embedQuery: NonNullable<MatcherParts['embedQuery']>;
let close = async (): Promise<void> => {};

/** The English part of the demo, without pictures. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-otherwise-'));
  const [prepared, model] = [join(folder, 'data'), join(folder, 'model')];
  const shares = { train: 0.9, validation: 0.05, test: 0.05 };
  await prepareEmoji({ out: prepared, locales: ['en'], fast: false, shares, seed: 1 });
  data = await readPrepared(prepared);
  const { towers } = presets.demoFast;
  const config = configSchema.parse({
    towers: { ...towers, document: towers.document.filter(name => name !== 'image') },
    training: {
      batchSize: 128,
      warmupSteps: 20,
      stages: [
        { name: 'pseudo', epochs: 2, pseudoShare: 1, finalRate: 0.3 },
        { name: 'labelled', epochs: 16, maxPairSteps: 1, pseudoShare: 0.2, finalRate: 0.02 },
      ],
      evaluateEvery: 20,
      patience: 0,
    },
  });
  await train({ data, config, out: model, tandem: '0' });
  const loaded = await loadModel(model, {});
  embedQuery = query => loaded.embedQuery(query);
  close = loaded.close;
}, 300_000);
afterAll(async () => {
  await close();
  await rm(folder, { recursive: true, force: true });
});

describe('rules that are near in meaning', () => {
  it('are asked by paraphrases that towers did not learn from', () => {
    const learnt = new Set(data.pairs.map(({ query }) => query.toLowerCase()));
    const asked = saidOtherwise.flatMap(({ reworded, otherWords }) => [...reworded, ...otherWords]);
    expect(asked.filter(text => learnt.has(text.toLowerCase()))).toEqual([]);
    expect(saidOtherwise.every(({ examples }) => examples.some(text => learnt.has(text)))).toBe(true);
  });

  it('find paraphrases of the keywords of the demo, and nothing that is about something else', async () => {
    const found = await otherwiseFound(embedQuery);
    // by what the default cosine is chosen
    expect(found.others).toBeLessThan(0.001);
    expect(found.reworded).toBeGreaterThan(0.4);
    // as long as rules hold for one another's paraphrases the share says something
    expect((await otherwiseFound(embedQuery, -1)).others).toBe(1);
  });
});
