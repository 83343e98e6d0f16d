import type { Encoder } from '../../models/channels.js';
import { createDropout, noiseInputs } from '../../models/dropout.js';
import { gelu } from '../../models/layers/gelu.js';
import { layerNorm } from '../../models/layers/layer-norm.js';
import { linear } from '../../models/layers/linear.js';
import { logSumExp } from '../../models/layers/log-sum-exp.js';
import type { Dropout, Parameters } from '../../models/layers/transformer.js';
import type { InputSpec, RecordedFunction } from '../../models/recorder/record.js';
import type { Tensor, Tf } from '../../models/recorder/tensorflow.js';
import { dropoutSites, encodeTokens } from '../../models/text-encoder.js';
import type { ChunkShape } from '../../models/towers.js';
import { gradientOf, type StepFunction } from '../step.js';

/** Sizes of a batch. */
export interface MaskedShape {
  readonly chunks: readonly ChunkShape[];
  /** M, places that are predicted, padding included */
  readonly places: number;
  /** C, tokens of the softmax */
  readonly tokens: number;
  /** these are some of the vocabulary, with a correction of their scores */
  readonly sampled: boolean;
}

/** Names and shapes of what predicts tokens and is no part of the encoder: a transform as in BERT, and a bias for each token. */
export const headParameters = (width: number, vocabulary: number): Record<string, readonly number[]> => ({
  'maskedLm.transform.weight': [width, width],
  'maskedLm.transform.bias': [width],
  'maskedLm.norm.scale': [width],
  'maskedLm.norm.bias': [width],
  'maskedLm.bias': [vocabulary],
});

/**
 * Masked language modelling (Devlin et al., 2019): the cross-entropy of the token that stood at each masked place, over the vocabulary,
 * loss = sum_m weight_m (logsumexp_c(h_m e_c + b_c) - h_m e_target(m) - b_target(m)). The output layer is the token table itself.
 * @param hidden   h, [M, width]
 * @param rows     e, [C, width]
 * @param bias     b, [C]; with sampled tokens their correction is part of it
 * @param slots    int32 [M], which of the C is the target
 * @param weights  [M], 1 / places, 0 for padding
 * @returns scalar
 */
export function maskedLmLoss(
  tf: Tf,
  hidden: Tensor,
  rows: Tensor,
  bias: Tensor,
  slots: Tensor,
  weights: Tensor,
): Tensor {
  const targets = tf.cast(slots, 'int32');
  const scores = tf.add(tf.matMul(hidden as never, rows as never, false, true), bias); // [M, C]
  const own = tf.add(tf.sum(tf.mul(hidden, tf.gather(rows, targets as never)), 1), tf.gather(bias, targets as never));
  return tf.sum(tf.mul(weights, tf.sub(logSumExp(tf, scores), own)));
}

/** What the encoder says at each masked place, before it is compared with tokens: [M, width]. */
export function predictAtPlaces(
  tf: Tf,
  p: Parameters,
  inputs: Parameters,
  encoder: Encoder,
  chunks: number,
  dropout?: Dropout,
): Tensor {
  const texts = Array.from({ length: chunks }, (_, c) => ({
    embedded: inputs[`embedded${c}`],
    bias: inputs[`bias${c}`],
  }));
  const tokens = encodeTokens(tf, p, texts, encoder, dropout);
  const hidden = tf.gather(tokens, tf.cast(inputs.places, 'int32') as never);
  const transformed = gelu(tf, linear(tf, hidden, p['maskedLm.transform.weight'], p['maskedLm.transform.bias']));
  return layerNorm(tf, transformed, p['maskedLm.norm.scale'], p['maskedLm.norm.bias'], encoder.epsilon);
}

/** Inputs of the encoder for sequences in chunks, and the rows of masked places among all of their tokens. */
export function placesInputs(width: number, chunks: readonly ChunkShape[], places: number): Record<string, InputSpec> {
  const specs: Record<string, InputSpec> = { places: { dtype: 'int32', shape: [places] } };
  chunks.forEach(({ tokens, count }, c) => {
    specs[`embedded${c}`] = { dtype: 'float32', shape: [tokens, count, width] };
    specs[`bias${c}`] = { dtype: 'float32', shape: [count, 1, 1, tokens] };
  });
  return specs;
}

/**
 * Builds the step for batches of one shape: the encoder, the loss at masked places, and its gradients by TensorFlow.js. Rows of the token
 * table come in twice, as what is read (`embedded*`) and as what is told apart (`rows`); both have gradients.
 * @param parameters  names and shapes of the dense parameters
 */
export function createMaskedStep(
  encoder: Encoder,
  parameters: Readonly<Record<string, readonly number[]>>,
  shape: MaskedShape,
): StepFunction {
  const { chunks, places, tokens, sampled } = shape;
  const sites = encoder.dropout > 0 ? dropoutSites(encoder) : 0;
  const inputs: Record<string, InputSpec> = {
    ...placesInputs(encoder.width, chunks, places),
    rows: { dtype: 'float32', shape: [tokens, encoder.width] },
    slots: { dtype: 'int32', shape: [places] },
    weights: { dtype: 'float32', shape: [places] },
    ...(sampled && {
      tokens: { dtype: 'int32', shape: [tokens] },
      correction: { dtype: 'float32', shape: [tokens] },
    }),
    ...(sites > 0 && noiseInputs(sites)),
  };
  for (const [name, size] of Object.entries(parameters)) inputs[name] = { dtype: 'float32', shape: size };
  const learned = [...Object.keys(parameters), ...chunks.map((_, c) => `embedded${c}`), 'rows'];
  const compute: RecordedFunction = (tf, given) => {
    const { value, grads } = tf.valueAndGrads((...tensors) => {
      const all = { ...given, ...Object.fromEntries(learned.map((name, i) => [name, tensors[i]])) };
      const dropout = sites > 0 ? createDropout(tf, given.noise, given['noise.starts']) : undefined;
      const hidden = predictAtPlaces(tf, all, all, encoder, chunks.length, dropout);
      const bias = sampled
        ? tf.add(tf.gather(all['maskedLm.bias'], tf.cast(given.tokens, 'int32') as never), given.correction)
        : all['maskedLm.bias'];
      return maskedLmLoss(tf, hidden, all.rows, bias, given.slots, given.weights).asScalar();
    })(learned.map(name => given[name]));
    return { loss: value, ...Object.fromEntries(learned.map((name, i) => [gradientOf(name), grads[i]])) };
  };
  return { inputs, compute, learned, dropoutSites: sites };
}
