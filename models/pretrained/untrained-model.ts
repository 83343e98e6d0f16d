import type { Config } from '../../src/config/schema.js';
import { documentTokens } from '../../src/config/towers.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { createModelState, type Vocabulary } from '../model-state.js';
import type { PretrainedEncoder } from '../pretrained-encoder.js';
import { pretrainedParts } from '../pretrained-parts.js';
import { writeModel } from '../write-model.js';

/**
 * Writes a model artefact whose towers are an imported encoder as it came: for measuring it, and for a catalogue without any labels.
 * @param config  with the shape of the encoder, see withEncoder
 * @throws TandemError 'config/bad-value' for towers with parts that only training gives a meaning, 'files/*' | 'model/too-large'
 */
export async function writeUntrainedModel(
  path: string,
  encoder: PretrainedEncoder,
  config: Config,
  tandem: string,
): Promise<void> {
  if (config.towers.fusion !== 'none') {
    throw new TandemError('config/bad-value', 'towers.fusion: an untrained model needs none, the encoder alone', {
      key: 'towers.fusion',
    });
  }
  const maxDocumentTokens = documentTokens(config.textEncoder);
  const vocabulary: Vocabulary = {
    countries: [],
    tokens: encoder.token.rows,
    maxQueryTokens: config.textEncoder.maxQueryTokens ?? maxDocumentTokens,
    maxDocumentTokens,
  };
  const state = createModelState(config, vocabulary, pretrainedParts(config, encoder));
  const about = { metrics: {}, learntFrom: 'nothing', tandem } as const;
  await writeModel(path, { state, config, vocabulary, tokenizer: encoder.tokenizer, ...about });
}
