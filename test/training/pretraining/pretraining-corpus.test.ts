import { describe, expect, it } from 'vitest';
import { createPretrainingCorpus, type SequenceSet } from '../../../training/pretraining/pretraining-corpus.js';
import { batchSizes, createSequenceSource, pretrainingSteps } from '../../../training/pretraining/sequence-source.js';
import type { Sequence } from '../../../training/pretraining/token-windows.js';
import { pairedTexts, patternConfig, translatedTexts } from './pattern.js';

const key = ({ ids }: Sequence): string => ids.join(' ');
const config = patternConfig({ validationShare: 0.2 });

describe('createPretrainingCorpus', () => {
  it('counts a text once, and holds a share of them out whole', async () => {
    const texts = pairedTexts(200);
    const distinct = new Set(texts).size;
    const corpus = await createPretrainingCorpus(config, 4, [...texts, ...texts], []);
    expect([corpus.texts, corpus.heldOut]).toEqual([distinct, Math.floor(0.2 * distinct)]);
    const whole = await createPretrainingCorpus(config, 16, texts, []);
    expect(whole.training.texts).toHaveLength(distinct - whole.heldOut);
    const learnt = new Set(whole.training.texts.map(key));
    expect(whole.validation.texts.filter(text => learnt.has(key(text)))).toEqual([]);
    // counts are of the training texts, without special tokens
    const tokens = whole.training.texts.reduce((sum, { ids }) => sum + ids.length - 1, 0);
    expect(whole.counts.reduce((sum, count) => sum + count, 0)).toBe(tokens);
    expect(whole.counts.subarray(0, 5).every(count => count === 0)).toBe(true);
  });

  it('holds a translation out with both sides, so that neither is read elsewhere', async () => {
    const translations = translatedTexts(100);
    const { training, validation } = await createPretrainingCorpus(config, 16, [], translations);
    const sides = ({ ids }: Sequence): string[] => {
      const second = ids.lastIndexOf(2);
      return [ids.subarray(0, second).join(' '), ids.subarray(second).join(' ')];
    };
    const learnt = new Set(training.texts.map(key));
    expect(validation.translations.length).toBeGreaterThan(0);
    for (const sequence of validation.translations)
      for (const side of sides(sequence)) expect(learnt.has(side)).toBe(false);
    for (const sequence of training.translations)
      for (const side of sides(sequence)) expect(learnt.has(side)).toBe(true);
  });

  it('is another one for other texts, in another order too', async () => {
    const ids = await Promise.all(
      [
        [pairedTexts(20), []],
        [pairedTexts(20).reverse(), []],
        [pairedTexts(20), translatedTexts(1)],
      ].map(async ([texts, rows]) => (await createPretrainingCorpus(config, 16, texts as string[], rows as [])).id),
    );
    expect(new Set(ids).size).toBe(3);
  });
});

const numbered = (count: number): Sequence[] =>
  Array.from({ length: count }, (_, i) => ({ ids: Int32Array.of(i), positions: Int32Array.of(0) }));

describe('createSequenceSource', () => {
  const set: SequenceSet = { texts: numbered(10), translations: numbered(4) };
  const sizes = batchSizes(patternConfig({ batchSize: 8, translationShare: 0.25 }).pretraining, set);

  it('shows every text once an epoch, in a new order, and translations beside them', () => {
    expect(sizes).toEqual({ texts: 6, translations: 2 });
    // 3 epochs of 10 texts, 6 a step
    expect(pretrainingSteps(3, set, sizes)).toBe(5);
    const source = createSequenceSource(set, sizes, 1);
    const shown = Array.from({ length: 5 }, (_, step) => source(step));
    const texts = shown.flatMap(batch => batch.slice(0, 6)).map(key);
    const passes = [0, 1, 2].map(pass => texts.slice(10 * pass, 10 * pass + 10));
    for (const pass of passes) expect(new Set(pass).size).toBe(10);
    expect(passes[0]).not.toEqual(passes[1]);
    const translated = shown.flatMap(batch => batch.slice(6)).map(key);
    expect(new Set(translated.slice(0, 4)).size).toBe(4);
  });

  it('gives a step the same batch whatever came before', () => {
    const [a, b] = [createSequenceSource(set, sizes, 1), createSequenceSource(set, sizes, 1)];
    const forwards = [0, 1, 2, 3, 4].map(step => a(step));
    for (const step of [4, 0, 3, 1, 2]) expect(b(step)).toEqual(forwards[step]);
    expect(createSequenceSource(set, sizes, 2)(0)).not.toEqual(forwards[0]);
  });

  it('leaves translations out where there are none', () => {
    const alone = { texts: numbered(3), translations: [] };
    expect(batchSizes(patternConfig({ batchSize: 8 }).pretraining, alone)).toEqual({ texts: 8, translations: 0 });
  });
});
