import { describe, expect, it } from 'vitest';
import { configSchema } from '../../../src/config/schema.js';
import { seededRandom } from '../../../src/math/random.js';
import { engineOf } from '../../../training/engine.js';
import { fillMaskedBatch, softmaxFeeds } from '../../../training/pretraining/masked-batch.js';
import { createMaskedStep } from '../../../training/pretraining/masked-lm.js';
import { createMaskedValidationSet, createMaskedValidator } from '../../../training/pretraining/masked-validation.js';
import { maskingOf } from '../../../training/pretraining/masking.js';
import { createPretrainingModel } from '../../../training/pretraining/pretraining-model.js';
import { wholeVocabulary } from '../../../training/pretraining/softmax-tokens.js';
import { windowsOf } from '../../../training/pretraining/token-windows.js';
import { unigramFigures } from '../../../training/pretraining/unigram.js';
import { vocabularyOf } from './vocabulary.js';

/** More words than are scored at once: the second block of the vocabulary has 909 tokens. */
const words = Array.from({ length: 5000 }, (_, i) => `w${i}`);
const config = configSchema.parse({ textEncoder: { width: 8, heads: 2, dropout: 0 } });

async function makeSet(count: number) {
  const tokenizer = await vocabularyOf(words);
  const random = seededRandom(2);
  const counts = new Float64Array(tokenizer.vocabularySize).fill(1);
  const { model, vocabulary, maskId } = createPretrainingModel(config, { tokenizer, counts }, 16);
  for (const { values } of Object.values(model.dense)) {
    for (let i = 0; i < values.length; i++) values[i] += 0.2 * random.normal();
  }
  const masking = maskingOf(0.3, maskId, tokenizer.specialIds, vocabulary);
  const texts = Array.from({ length: count }, () =>
    Array.from({ length: 2 + random.below(8) }, () => words[random.below(words.length)]).join(' '),
  ).flatMap(text => windowsOf(tokenizer, text, 16));
  const set = createMaskedValidationSet({ texts, translations: texts.slice(0, 2) }, masking, 1);
  const parameters = Object.fromEntries(Object.entries(model.dense).map(([name, { shape }]) => [name, shape]));
  return { model, vocabulary, set, parameters, encoder: model.towers.document.encoder };
}

describe('the validator', () => {
  it('measures the loss that the step minimises, over a vocabulary of several blocks', async () => {
    // 150 texts: two blocks of sequences
    const { model, vocabulary, set, parameters, encoder } = await makeSet(150);
    const validator = await createMaskedValidator(encoder, parameters, set, vocabulary, 1);
    const { texts, translations } = await validator.validate(model);
    await validator.close();
    const stepLoss = async (sequences: typeof set.texts): Promise<number> => {
      const tokens = sequences.at(-1)!.ids.length;
      const batch = fillMaskedBatch(model.tables, encoder.positions, sequences, () => [
        { tokens, count: sequences.length },
      ]);
      const softmax = wholeVocabulary(vocabulary)(batch.targets, seededRandom(1));
      const places = batch.targets.length;
      const shape = { chunks: batch.chunks, places, tokens: vocabulary, sampled: false };
      const engine = await engineOf(config.training)(createMaskedStep(encoder, parameters, shape));
      const { loss } = await engine.run({ ...model.dense, ...batch.feeds, ...softmaxFeeds(model, softmax, places) });
      await engine.close();
      return loss[0];
    };
    expect(texts.loss).toBeCloseTo(await stepLoss(set.texts), 4);
    expect(translations!.loss).toBeCloseTo(await stepLoss(set.translations), 4);
  });

  it('counts a place as right where its token scores highest', async () => {
    const { model, vocabulary, set, parameters, encoder } = await makeSet(3);
    const validator = await createMaskedValidator(encoder, parameters, set, vocabulary, 1);
    const targets = set.texts.flatMap(sequence => [...sequence.targets]);
    // a bias that outweighs every score makes one token the answer everywhere: right where it is the target
    const bias = model.dense['maskedLm.bias'].values;
    const kept = bias.slice();
    bias[targets[0]] = 1e6;
    const share = targets.filter(id => id === targets[0]).length / targets.length;
    expect((await validator.validate(model)).texts.accuracy).toBeCloseTo(share, 9);
    bias.set(kept);
    bias[4] = 1e6;
    expect((await validator.validate(model)).texts.accuracy).toBe(0);
    await validator.close();
  });

  it('masks the same places every time', async () => {
    const [a, b] = [await makeSet(5), await makeSet(5)];
    expect(a.set).toEqual(b.set);
  });
});

describe('unigramFigures', () => {
  it('is the loss of frequencies, one added to each, and the share of the commonest token, by hand', () => {
    // counts 1, 3, 0 of three tokens: chances 2/7, 4/7, 1/7
    const counts = Float64Array.of(1, 3, 0);
    const sequence = (targets: number[]) => ({
      ids: new Int32Array(0),
      positions: new Int32Array(0),
      places: new Int32Array(targets.length),
      targets: Int32Array.from(targets),
    });
    const { loss, accuracy } = unigramFigures(counts, [sequence([0, 1]), sequence([2, 1])]);
    expect(loss).toBeCloseTo(-(Math.log(2 / 7) + 2 * Math.log(4 / 7) + Math.log(1 / 7)) / 4, 9);
    expect(accuracy).toBe(0.5);
  });
});
