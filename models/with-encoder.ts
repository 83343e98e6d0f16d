import type { Config } from '../src/config/schema.js';
import { documentTokens } from '../src/config/towers.js';
import { TandemError } from '../src/errors/tandem-error.js';
import { createTowers, hasText } from './channels.js';
import type { PretrainedEncoder } from './pretrained-encoder.js';

/** Longest text that an encoder as it is reads unless told otherwise: what a batch costs grows with the square of the length. */
const longestByDefault = 512;

/** Tokens that an encoder was made to read at once, special ones included. */
export const lengthOf = ({ shape, position }: PretrainedEncoder): number =>
  Math.min(shape.maxTokens ?? position.rows, position.rows);

/** The length at which an encoder is used as it is. */
export const frozenLength = (encoder: PretrainedEncoder): number => Math.min(lengthOf(encoder), longestByDefault);

/**
 * The configuration with the shape of an imported encoder in the place of its own, so that a model artefact says all that is needed to
 * run it.
 * @param length  of documents in tokens, where the configuration has none
 * @throws TandemError 'config/bad-value' when no tower reads text, or longer texts are wanted than the encoder has positions for
 */
export function withEncoder(
  config: Config,
  encoder: PretrainedEncoder,
  length = documentTokens(config.textEncoder),
): Config {
  const { layers, feedForward, maxTokens: _, ...shape } = encoder.shape;
  const { width, rows: positions } = { width: shape.width, rows: encoder.position.rows };
  const towers = config.towers.fusion === 'none' ? { ...config.towers, embeddingWidth: width } : config.towers;
  const textEncoder = {
    ...config.textEncoder,
    ...shape,
    feedForward: feedForward / width,
    queryLayers: layers,
    documentLayers: layers,
    maxDocumentTokens: config.textEncoder.maxDocumentTokens ?? Math.min(length, positions),
  };
  if (!Object.values(createTowers(towers, textEncoder)).some(hasText)) {
    throw new TandemError('config/bad-value', 'textEncoder.import: no tower has a text channel', {
      key: 'textEncoder.import',
    });
  }
  for (const key of ['maxQueryTokens', 'maxDocumentTokens'] as const) {
    if ((textEncoder[key] ?? 0) <= positions) continue;
    const message = `textEncoder.${key}: the encoder reads at most ${positions} tokens, got ${textEncoder[key]}`;
    throw new TandemError('config/bad-value', message, { key: `textEncoder.${key}` });
  }
  return { ...config, towers, textEncoder };
}
