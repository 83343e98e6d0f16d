import { describe, expect, it } from 'vitest';
import type { PretrainedEncoder } from '../../../models/pretrained-encoder.js';
import { configSchema } from '../../../src/config/schema.js';
import { createPretrainingModel, encoderOf } from '../../../training/pretraining/pretraining-model.js';
import { vocabularyOf } from './vocabulary.js';

const config = configSchema.parse({ textEncoder: { width: 8, heads: 2, documentLayers: 2, queryLayers: 1 } });
const counts = Float64Array.of(0, 0, 0, 0, 0, 3, 0);

describe('createPretrainingModel', () => {
  it('makes one encoder of the layers of the document tower, whatever the query tower has', async () => {
    const tokenizer = await vocabularyOf(['red', 'hose']);
    const { model, vocabulary, maskId } = createPretrainingModel(config, { tokenizer, counts }, 12);
    expect([vocabulary, maskId]).toEqual([7, 4]);
    expect(Object.keys(model.tables).sort()).toEqual(['position', 'token']);
    expect([model.tables.token!.rows, model.tables.position!.rows]).toEqual([7, 12]);
    const encoder = encoderOf(model, 'the vocabulary', vocabulary);
    expect(encoder.shape).toMatchObject({ layers: 2, width: 8, heads: 2, feedForward: 24, pooling: 'mean' });
    expect(Object.keys(encoder.weights)).toHaveLength(2 * 16);
    expect(encoder.tokenizer).toBe('the vocabulary');
  });

  it('begins with the frequencies of tokens, one added to each', async () => {
    const tokenizer = await vocabularyOf(['red', 'hose']);
    const { model } = createPretrainingModel(config, { tokenizer, counts }, 12);
    // 3 of the first word and seven tokens: 4 of 10 for it, 1 of 10 for each other
    model.dense['maskedLm.bias'].values.forEach((bias, id) => {
      expect(bias).toBeCloseTo(Math.log(id === 5 ? 0.4 : 0.1), 6);
    });
  });

  it('gives a vocabulary without a mask a row for it, outside of what is told and of what is written', async () => {
    const withMask = await vocabularyOf(['red', 'hose']);
    const fresh = createPretrainingModel(config, { tokenizer: withMask, counts }, 12);
    const begun: PretrainedEncoder = encoderOf(fresh.model, '', 7);
    const tokenizer = { ...withMask, maskId: undefined };
    const { model, vocabulary, maskId } = createPretrainingModel(config, { tokenizer, counts }, 12, begun);
    expect([vocabulary, maskId, model.tables.token!.rows]).toEqual([7, 7, 8]);
    expect(model.dense['maskedLm.bias'].shape).toEqual([7]);
    expect([...model.tables.token!.values.subarray(0, 7 * 8)]).toEqual([...begun.token.values]);
    expect(model.pretrained.has('token')).toBe(true);
    expect(model.pretrained.has('maskedLm.transform.weight')).toBe(false);
    const written = encoderOf(model, '', vocabulary);
    expect(written.token).toMatchObject({ rows: 7, width: 8 });
    expect(written.token.values).toHaveLength(7 * 8);
  });
});
