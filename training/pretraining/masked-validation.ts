import { mix } from '../../data/examples.js';
import { singleChunk } from '../../models/batch-inputs.js';
import type { Encoder } from '../../models/channels.js';
import type { ModelState } from '../../models/model-state.js';
import { encodeModel } from '../../models/recorder/onnx-proto.js';
import type { InputSpec } from '../../models/recorder/record.js';
import { recordDynamic } from '../../models/recorder/record-dynamic.js';
import { createNativeGraph, type NativeGraph } from '../../models/runtime/session.js';
import { seededRandom } from '../../src/math/random.js';
import { fillMaskedBatch } from './masked-batch.js';
import type { MaskedFigures } from './masked-figures.js';
import { placesInputs, predictAtPlaces } from './masked-lm.js';
import { type MaskedSequence, type Masking, maskSequence } from './masking.js';
import type { SequenceSet } from './pretraining-corpus.js';
import type { Sequence } from './token-windows.js';

/** Sequences with masks that stay the same from one evaluation to the next. */
export interface MaskedValidationSet {
  readonly texts: readonly MaskedSequence[];
  readonly translations: readonly MaskedSequence[];
}

export interface MaskedValidation {
  readonly texts: MaskedFigures;
  readonly translations?: MaskedFigures;
}

/** Measures a model on held-out sequences. */
export interface MaskedValidator {
  validate(model: ModelState): Promise<MaskedValidation>;
  close(): Promise<void>;
}

/** Sequences encoded at once, and tokens scored at once. */
const sequenceBlock = 128;
const tokenBlock = 4096;

export function createMaskedValidationSet(set: SequenceSet, masking: Masking, seed: number): MaskedValidationSet {
  const random = seededRandom(mix(seed, 0x76));
  const mask = (sequences: readonly Sequence[]): MaskedSequence[] =>
    sequences.map(sequence => maskSequence(sequence, masking, random)).sort((a, b) => a.ids.length - b.ids.length);
  return { texts: mask(set.texts), translations: mask(set.translations) };
}

/** @param vocabulary  rows of the token table that are told apart */
export async function createMaskedValidator(
  encoder: Encoder,
  parameters: Readonly<Record<string, readonly number[]>>,
  set: MaskedValidationSet,
  vocabulary: number,
  threads: number,
): Promise<MaskedValidator> {
  const predict = await createNativeGraph(predictGraph(encoder, parameters), { threads });
  const score = await createNativeGraph(scoreGraph(encoder.width), { threads });
  const measure = async (model: ModelState, sequences: readonly MaskedSequence[]): Promise<MaskedFigures> => {
    let [loss, right, places] = [0, 0, 0];
    for (let from = 0; from < sequences.length; from += sequenceBlock) {
      const block = sequences.slice(from, from + sequenceBlock);
      const { feeds, targets } = fillMaskedBatch(model.tables, encoder.positions, block, singleChunk);
      if (targets.length === 0) continue;
      const { hidden } = await predict.run({ ...model.dense, ...feeds });
      const told = await tellTokens(score, model, hidden, targets, vocabulary);
      loss += told.loss;
      right += told.right;
      places += targets.length;
    }
    return { loss: loss / places, accuracy: right / places };
  };
  return {
    async validate(model) {
      const texts = await measure(model, set.texts);
      if (set.translations.length === 0) return { texts };
      return { texts, translations: await measure(model, set.translations) };
    },
    async close() {
      await predict.close();
      await score.close();
    },
  };
}

/** The forward half of what is trained, number and length of the texts and number of places left open. */
function predictGraph(encoder: Encoder, parameters: Readonly<Record<string, readonly number[]>>): Uint8Array {
  const dense = Object.entries(parameters).filter(([name]) => name !== 'maskedLm.bias');
  const graph = recordDynamic(['texts', 'length', 'masked'], ({ texts, length, masked }) => ({
    inputs: {
      ...placesInputs(encoder.width, [{ tokens: length, count: texts }], masked),
      ...Object.fromEntries(dense.map(([name, shape]): [string, InputSpec] => [name, { dtype: 'float32', shape }])),
    },
    compute: (tf, inputs) => ({ hidden: predictAtPlaces(tf, inputs, inputs, encoder, 1) }),
  }));
  return encodeModel(graph);
}

/** hidden [M, width], rows [C, width], bias [C] -> scores [M, C] */
function scoreGraph(width: number): Uint8Array {
  const graph = recordDynamic(['masked', 'tokens'], ({ masked, tokens }) => ({
    inputs: {
      hidden: { dtype: 'float32', shape: [masked, width] },
      rows: { dtype: 'float32', shape: [tokens, width] },
      bias: { dtype: 'float32', shape: [tokens] },
    },
    compute: (tf, { hidden, rows, bias }) => ({
      scores: tf.add(tf.matMul(hidden as never, rows as never, false, true), bias),
    }),
  }));
  return encodeModel(graph);
}

/** Scores the whole vocabulary block by block. @returns summed cross-entropy, and how many targets score highest */
async function tellTokens(
  score: NativeGraph,
  { tables, dense }: ModelState,
  hidden: Float32Array,
  targets: Int32Array,
  vocabulary: number,
): Promise<{ loss: number; right: number }> {
  const { width, values } = tables.token!;
  const masked = targets.length;
  const best = new Float64Array(masked).fill(Number.NEGATIVE_INFINITY);
  const sums = new Float64Array(masked);
  const own = new Float64Array(masked);
  for (let from = 0; from < vocabulary; from += tokenBlock) {
    const tokens = Math.min(tokenBlock, vocabulary - from);
    const { scores } = await score.run({
      hidden: { values: hidden, shape: [masked, width] },
      rows: { values: values.subarray(from * width, (from + tokens) * width), shape: [tokens, width] },
      bias: { values: dense['maskedLm.bias'].values.subarray(from, from + tokens), shape: [tokens] },
    });
    for (let m = 0; m < masked; m++) {
      const row = scores.subarray(m * tokens, (m + 1) * tokens);
      let most = best[m];
      for (let c = 0; c < tokens; c++) if (row[c] > most) most = row[c];
      let sum = sums[m] * Math.exp(best[m] - most);
      for (let c = 0; c < tokens; c++) sum += Math.exp(row[c] - most);
      best[m] = most;
      sums[m] = sum;
      if (targets[m] >= from && targets[m] < from + tokens) own[m] = row[targets[m] - from];
    }
  }
  let [loss, right] = [0, 0];
  for (let m = 0; m < masked; m++) {
    loss += best[m] + Math.log(sums[m]) - own[m];
    if (own[m] === best[m]) right++;
  }
  return { loss, right };
}
