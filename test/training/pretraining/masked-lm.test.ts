import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { createNoise, drawStarts } from '../../../models/dropout.js';
import type { Feed } from '../../../models/feed.js';
import type { Tensor, Tf } from '../../../models/recorder/tensorflow.js';
import { configSchema } from '../../../src/config/schema.js';
import { seededRandom } from '../../../src/math/random.js';
import { engineOf } from '../../../training/engine.js';
import { createRowAccumulators } from '../../../training/optimiser.js';
import { fillMaskedBatch, softmaxFeeds } from '../../../training/pretraining/masked-batch.js';
import { createMaskedStep, maskedLmLoss } from '../../../training/pretraining/masked-lm.js';
import { maskingOf, maskSequence } from '../../../training/pretraining/masking.js';
import { createPretrainingModel } from '../../../training/pretraining/pretraining-model.js';
import { sampledVocabulary, wholeVocabulary } from '../../../training/pretraining/softmax-tokens.js';
import { windowsOf } from '../../../training/pretraining/token-windows.js';
import { translationSequence } from '../../../training/pretraining/translation-lm.js';
import { expectGradients, type Layer } from '../../models/layers/gradients.js';
import { expectClose, floats, given, runEagerly, runRecorded } from '../../models/recorder/parity.js';
import { vocabularyOf } from './vocabulary.js';

type Inputs = Readonly<Record<string, Tensor>>;

const loss: Layer = (tf, x) => maskedLmLoss(tf, x.hidden, x.rows, x.bias, x.slots, x.weights);

describe('maskedLmLoss', () => {
  it('is the cross-entropy at the masked places, by hand', async () => {
    const log = Math.log;
    // three tokens, width 2. Scores of the first place: (log 2, 0, log 4) + (0, 0, log 1/2) = log (2, 1, 2): its token, the first, has 2/5.
    // Of the second: (0, log 3, 0) + bias = log (1, 3, 1/2): its token, the second, has 3/4.5. The third place is padding.
    const inputs = {
      hidden: given('float32', [3, 2], [log(2), 0, 0, log(3), 9, 9]),
      rows: given('float32', [3, 2], [1, 0, 0, 1, 2, 0]),
      bias: given('float32', [3], [0, 0, log(0.5)]),
      slots: given('int32', [3], [0, 1, 0]),
      weights: given('float32', [3], [0.5, 0.5, 0]),
    };
    const wanted = given('float32', [], [-(log(2 / 5) + log(3 / 4.5)) / 2]);
    expectClose(runEagerly(inputs, loss)[0], wanted, 1e-6);
    expectClose((await runRecorded(inputs, loss))[0], wanted, 1e-6);
  });

  it('has the right gradients, recorded too', async () => {
    const plain: Layer = (tf: Tf, x: Inputs) => {
      const scores = tf.add(tf.matMul(x.hidden as never, x.rows as never, false, true), x.bias);
      const chances = tf.logSoftmax(scores as never) as Tensor;
      const own = tf.sum(tf.mul(chances, tf.oneHot(tf.cast(x.slots, 'int32') as never, 5)), 1);
      return tf.neg(tf.sum(tf.mul(x.weights, own)));
    };
    const inputs = {
      hidden: floats([4, 3], -1, 1, 1),
      rows: floats([5, 3], -1, 1, 2),
      bias: floats([5], -1, 1, 3),
      // two places want the same token, and one is padding
      slots: given('int32', [4], [1, 4, 1, 0]),
      weights: given('float32', [4], [1 / 3, 1 / 3, 1 / 3, 0]),
    };
    await expectGradients(inputs, ['hidden', 'rows', 'bias'], loss, plain);
  });
});

const words = Array.from({ length: 30 }, (_, i) => `w${i}`);
const config = configSchema.parse({
  seed: 3,
  textEncoder: { width: 16, heads: 2, documentLayers: 2, embeddingNorm: true },
});

/** A step and what it is fed, as the learner does it: texts of several lengths in two chunks, a translation among them. */
async function makeStep(sampled: boolean) {
  const tokenizer = await vocabularyOf(words);
  const random = seededRandom(1);
  const counts = Float64Array.from({ length: 35 }, (_, id) => (id < 5 ? 0 : 40 - id));
  const { model, vocabulary, maskId } = createPretrainingModel(config, { tokenizer, counts }, 12);
  for (const { values } of Object.values(model.dense)) {
    for (let i = 0; i < values.length; i++) values[i] += 0.3 * random.normal();
  }
  // as large as what is moved for the differences is small: the layer norm over the embeddings bends sharply near zero
  for (const { values } of Object.values(model.tables)) {
    for (let i = 0; i < values.length; i++) values[i] *= 10;
  }
  const text = (n: number): string => Array.from({ length: n }, () => words[random.below(30)]).join(' ');
  const sequences = [
    ...[2, 9, 4].flatMap(n => windowsOf(tokenizer, text(n), 12)),
    translationSequence(tokenizer, text(4), text(3), 12)!,
  ];
  const masking = maskingOf(0.4, maskId, tokenizer.specialIds, vocabulary);
  const masked = sequences.map(sequence => maskSequence(sequence, masking, random));
  const { encoder } = model.towers.document;
  const fill = () =>
    fillMaskedBatch(model.tables, encoder.positions, masked, sorted => [
      { tokens: sorted[1], count: 2 },
      { tokens: sorted[3] + 1, count: 2 },
    ]);
  const batch = fill();
  const sample = sampled ? sampledVocabulary(counts, masking.ordinary, 20) : wholeVocabulary(vocabulary);
  const softmax = sample(batch.targets, random);
  const places = 12;
  const step = createMaskedStep(
    encoder,
    Object.fromEntries(Object.entries(model.dense).map(([name, { shape }]) => [name, shape])),
    { chunks: batch.chunks, places, tokens: softmax.ids.length, sampled },
  );
  const feeds: Record<string, Feed> = {
    ...model.dense,
    ...batch.feeds,
    ...softmaxFeeds(model, softmax, places),
    noise: createNoise(0.1, 1),
    'noise.starts': drawStarts(step.dropoutSites, 2),
  };
  const placed = new Int32Array(places);
  placed.set(batch.feeds.places.values as Int32Array);
  feeds.places = { values: placed, shape: [places] };
  return { step, feeds, model, batch, softmax, fill, read: new Set(masked.flatMap(({ ids }) => [...ids])) };
}

const engine = (name: 'recorded' | 'eager-cpu' | 'eager-tfjs-node') =>
  engineOf({ engine: name, threads: 1, provider: 'cpu' });
const norm = (values: Float32Array): number => Math.hypot(...values);

const tfjsNode = ((): boolean => {
  try {
    createRequire(import.meta.url).resolve('@tensorflow/tfjs-node');
    return true;
  } catch {
    return false;
  }
})();

describe('the step of masked language modelling', () => {
  it.each([
    ['eager-cpu', false],
    ['eager-cpu', true],
    ...(tfjsNode ? ([['eager-tfjs-node', false]] as const) : []),
  ] as const)('%s gives the loss and gradients of the recorded one, sampled: %s', async (name, sampled) => {
    const { step, feeds } = await makeStep(sampled);
    const results = [];
    for (const each of ['recorded', name] as const) {
      const made = await engine(each)(step);
      results.push(await made.run(feeds));
      await made.close();
    }
    const [recorded, eager] = results;
    expect(Math.abs(recorded.loss[0] - eager.loss[0])).toBeLessThan(1e-4 * eager.loss[0]);
    const whole = Math.hypot(...step.learned.map(learned => norm(eager[`gradient:${learned}`])));
    for (const learned of step.learned) {
      const [a, b] = [recorded[`gradient:${learned}`], eager[`gradient:${learned}`]];
      const difference = norm(a.map((x, i) => x - b[i]));
      // a key's bias moves all scores of a row alike, so its true gradient is 0 and only rounding is left
      expect(difference, learned).toBeLessThanOrEqual(1e-4 * Math.max(norm(b), 1e-3 * whole));
      if (!learned.endsWith('key.bias')) expect(norm(b), learned).toBeGreaterThan(0);
    }
  });

  it.each([false, true])('falls along each gradient as fast as it says, sampled: %s', async sampled => {
    const { step, feeds } = await makeStep(sampled);
    const made = await engine('recorded')(step);
    const results = await made.run(feeds);
    for (const name of step.learned.filter(learned => !learned.endsWith('key.bias'))) {
      const gradient = results[`gradient:${name}`];
      const length = norm(gradient);
      // central differences along the gradient's direction: off by h^2 / 6 times the third derivative, and by 2^-23 of the loss over h
      const h = 2 ** -6;
      const at = async (side: number): Promise<number> => {
        const values = (feeds[name].values as Float32Array).map((x, i) => x + (side * h * gradient[i]) / length);
        const moved = await made.run({ ...feeds, [name]: { values, shape: feeds[name].shape } });
        return moved.loss[0];
      };
      const slope = ((await at(1)) - (await at(-1))) / (2 * h);
      expect(Math.abs(slope - length), `${name}: ${slope} and ${length}`).toBeLessThan(0.02 * length + 1e-3);
    }
    await made.close();
  });

  it('gives a row of the token table what both of its uses say', async () => {
    const { step, feeds, model, batch, softmax, fill, read } = await makeStep(false);
    const made = await engine('recorded')(step);
    const results = await made.run(feeds);
    const token = model.tables.token!;
    const { width } = token;
    const rows = createRowAccumulators(model);
    batch.scatter(
      Object.fromEntries(batch.chunks.map((_, c) => [`embedded${c}`, results[`gradient:embedded${c}`]])),
      rows,
    );
    for (const [slot, id] of softmax.ids.entries()) rows.token!.add(id, results['gradient:rows'], slot * width, 1);
    // a token that is read and told: moved along its gradient in the table, from which both are fed
    const id = batch.targets.find(target => read.has(target))!;
    const at = rows.token!.gradients().rows.indexOf(id) * width;
    const gradient = rows.token!.gradients().values.slice(at, at + width);
    const h = 2 ** -6;
    const lossAt = async (side: number): Promise<number> => {
      const kept = token.values.slice();
      gradient.forEach((g, j) => {
        token.values[id * width + j] += (side * h * g) / norm(gradient);
      });
      const moved = { ...feeds, ...fill().feeds, ...softmaxFeeds(model, softmax, 12), places: feeds.places };
      const { loss: there } = await made.run(moved);
      token.values.set(kept);
      return there[0];
    };
    const slope = ((await lossAt(1)) - (await lossAt(-1))) / (2 * h);
    await made.close();
    expect(Math.abs(slope - norm(gradient))).toBeLessThan(0.02 * norm(gradient) + 1e-3);
  });
});
