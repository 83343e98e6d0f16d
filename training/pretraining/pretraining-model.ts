import type { DenseParameter } from '../../models/dense-parameter.js';
import { createModelState, type ModelState } from '../../models/model-state.js';
import type { EncoderShape, PretrainedEncoder } from '../../models/pretrained-encoder.js';
import { pretrainedParts } from '../../models/pretrained-parts.js';
import { withEncoder } from '../../models/with-encoder.js';
import type { Config } from '../../src/config/schema.js';
import { headParameters } from './masked-lm.js';
import type { PretrainingCorpus } from './pretraining-corpus.js';
import { unigramChance } from './unigram.js';

export interface PretrainingModel {
  /** the encoder, its tables, and the parameters that predict tokens */
  readonly model: ModelState;
  /** rows of the token table that stand for a token: those that are told apart */
  readonly vocabulary: number;
  readonly maskId: number;
}

/**
 * A fresh encoder, or one to go on from, with what predicts tokens. A vocabulary without a mask token gets one row more in the token
 * table, outside of the tokenizer, which is there while pretraining alone: a text that is embedded is never masked.
 * The output bias begins at the log frequencies of the tokens: Adam would take thousands of steps to get there, and the encoder would be
 * shaped by them meanwhile.
 * @param positions  longest window: rows of the position table of a fresh encoder
 */
export function createPretrainingModel(
  config: Config,
  { tokenizer, counts }: Pick<PretrainingCorpus, 'tokenizer' | 'counts'>,
  positions: number,
  begun?: PretrainedEncoder,
): PretrainingModel {
  const vocabulary = begun?.token.rows ?? tokenizer.vocabularySize;
  const maskId = tokenizer.maskId ?? vocabulary;
  const tokens = Math.max(vocabulary, maskId + 1);
  const alone: Config = {
    ...config,
    towers: { ...config.towers, fusion: 'none', query: ['text'], document: ['title'] },
    // both towers are the same encoder, so that there is one
    textEncoder: {
      ...config.textEncoder,
      shared: true,
      queryLayers: config.textEncoder.documentLayers,
      maxQueryTokens: positions,
      maxDocumentTokens: positions,
    },
  };
  const encoder = begun && { ...begun, token: withRows(begun.token, tokens) };
  const longest = begun?.position.rows ?? positions;
  const vocabularies = { countries: [], tokens, maxQueryTokens: longest, maxDocumentTokens: longest };
  const shaped = encoder === undefined ? alone : withEncoder(alone, encoder);
  const head = headParameters(shaped.textEncoder.width, vocabulary);
  const model = createModelState(shaped, vocabularies, encoder && pretrainedParts(shaped, encoder), head);
  const chance = unigramChance(counts);
  model.dense['maskedLm.bias'].values.forEach((_, id, bias) => {
    bias[id] = Math.log(chance(id));
  });
  return { model, vocabulary, maskId };
}

/** A table with zero rows behind its own. */
function withRows(table: PretrainedEncoder['token'], rows: number): PretrainedEncoder['token'] {
  if (rows === table.rows) return table;
  const values = new Float32Array(rows * table.width);
  values.set(table.values);
  return { ...table, rows, values };
}

/**
 * The model with the dense parameters of its top layers as they were before the first step. The last layers of a masked language model turn
 * from what a token is to what it will be taken for; towers learn faster from fresh ones (Zhang et al., ICLR 2021, 4: re-initialising the
 * top layers before fine-tuning).
 * @param began  name -> values, of topLayers
 */
export const withFreshLayers = (model: ModelState, began: ReadonlyMap<string, Float32Array>): ModelState => ({
  ...model,
  dense: Object.fromEntries(
    Object.entries(model.dense).map(([name, { shape, values }]) => [
      name,
      { shape, values: began.get(name) ?? values },
    ]),
  ),
});

/** Copies of the dense parameters of the top `count` layers, all where there are fewer. */
export function topLayers({ dense, towers }: ModelState, count: number): Map<string, Float32Array> {
  const { prefix, layers } = towers.document.encoder;
  const top = Array.from({ length: Math.min(count, layers) }, (_, i) => `${prefix}.layer${layers - 1 - i}.`);
  const parameters = Object.entries(dense).filter(([name]) => top.some(layer => name.startsWith(layer)));
  return new Map(parameters.map(([name, { values }]) => [name, values.slice()]));
}

/** The encoder of a pretrained model, as an encoder folder holds it: without what predicts tokens, and without the row of a mask token of its own. */
export function encoderOf(
  { dense, tables, towers }: ModelState,
  tokenizer: string,
  vocabulary: number,
): PretrainedEncoder {
  const { prefix, positions, ...encoder } = towers.document.encoder;
  const weights: Record<string, DenseParameter> = {};
  for (const [name, parameter] of Object.entries(dense)) {
    if (name.startsWith(`${prefix}.`)) weights[name.slice(prefix.length + 1)] = parameter;
  }
  const token = tables.token!;
  const { layers, width, heads, feedForward, pooling, activation, epsilon, embeddingNorm } = encoder;
  const shape: EncoderShape = {
    layers,
    width,
    heads,
    feedForward,
    pooling,
    activation,
    epsilon,
    embeddingNorm,
    queryPrefix: towers.query.encoder.textPrefix,
    documentPrefix: towers.document.encoder.textPrefix,
    lowerCase: encoder.lowerCase,
    unpooledQueryTokens: towers.query.encoder.unpooled,
    unpooledDocumentTokens: towers.document.encoder.unpooled,
  };
  return {
    shape,
    weights,
    token: { ...token, rows: vocabulary, values: token.values.subarray(0, vocabulary * token.width) },
    position: tables[positions]!,
    tokenizer,
  };
}
