import { z } from 'zod';
import { textEncoderSchema } from '../src/config/towers.js';
import type { DenseParameter } from './dense-parameter.js';
import type { EmbeddingTable } from './embedding-table.js';

const keys = textEncoderSchema.unwrap().shape;

/** What an encoder says about itself; the keys of `textEncoder` that it decides, under their names. */
export const encoderShapeSchema = z.strictObject({
  layers: keys.queryLayers.unwrap(),
  width: keys.width.unwrap(),
  heads: keys.heads.unwrap(),
  /** columns of the hidden layer of the feed-forward part */
  feedForward: z.int().min(1),
  pooling: keys.pooling.unwrap(),
  activation: keys.activation.unwrap(),
  epsilon: keys.epsilon.unwrap(),
  embeddingNorm: z.boolean(),
  queryPrefix: keys.queryPrefix.unwrap(),
  documentPrefix: keys.documentPrefix.unwrap(),
  lowerCase: keys.lowerCase,
  unpooledQueryTokens: keys.unpooledQueryTokens,
  unpooledDocumentTokens: keys.unpooledDocumentTokens,
  /** the length that it was made for, special tokens included; all its positions when absent */
  maxTokens: z.int().min(2).optional(),
});

export type EncoderShape = z.infer<typeof encoderShapeSchema>;

/** An encoder that somebody has trained: where a text encoder begins. */
export interface PretrainedEncoder {
  readonly shape: EncoderShape;
  /** `norm.{scale,bias}` and `layer${l}.*`, as transformerLayer names them */
  readonly weights: Readonly<Record<string, DenseParameter>>;
  /** a row for each id of the tokenizer */
  readonly token: EmbeddingTable;
  /** a row for each position from 0, the type of a single text added in */
  readonly position: EmbeddingTable;
  /** tokenizer.json */
  readonly tokenizer: string;
}

/** An encoder read from an encoder folder. */
export interface StoredEncoder extends PretrainedEncoder {
  /** sha256 over its content, hexadecimal */
  readonly id: string;
}
