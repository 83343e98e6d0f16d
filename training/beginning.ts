import type { ImageVectors } from '../models/images/image-vectors.js';
import { readEncoder } from '../models/pretrained/encoder-folder.js';
import { readStoredModel, type StoredModel, withStoredModel } from '../models/pretrained/stored-model.js';
import { type PretrainedParts, pretrainedParts } from '../models/pretrained-parts.js';
import { readModelManifest } from '../models/runtime/artefact.js';
import { withEncoder } from '../models/with-encoder.js';
import type { Config } from '../src/config/schema.js';
import { TandemError } from '../src/errors/tandem-error.js';
import type { KnownVocabulary } from './corpus.js';

/** What a run begins with: noise, an imported encoder, or a model that was trained before. */
export interface Beginning {
  /** with the shape of what is begun with */
  readonly config: Config;
  readonly known?: KnownVocabulary;
  readonly parts?: PretrainedParts;
  /** sha256 of what is begun with */
  readonly id?: string;
  /** whether the towers are those of a trained model, so that no channel may be left out */
  readonly trained: boolean;
}

/**
 * Reads what `training.from` or `textEncoder.import` names.
 * @param images  vectors of the images of the documents
 * @throws TandemError 'data/not-found' | 'model/*' | 'config/bad-value'
 */
export async function readBeginning(config: Config, images?: ImageVectors): Promise<Beginning> {
  const { from } = config.training;
  if (from !== '') {
    const stored = await readStoredModel(from);
    checkImages(stored, images);
    const { id, parts, vocabulary, tokenizer } = stored;
    return { config: withStoredModel(config, stored), known: { vocabulary, tokenizer }, parts, id, trained: true };
  }
  const folder = config.textEncoder.import;
  if (folder === undefined) return { config, trained: false };
  const encoder = await readEncoder(folder);
  const shaped = withEncoder(config, encoder);
  const { id, tokenizer } = encoder;
  return { config: shaped, known: { tokenizer }, parts: pretrainedParts(shaped, encoder), id, trained: false };
}

/** The towers that a run will have. @throws as readBeginning */
export async function towersOf({ towers, training: { from } }: Config): Promise<Config['towers']> {
  return from === '' ? towers : (await readModelManifest(from)).manifest.config.towers;
}

function checkImages({ vocabulary: { imageWidth } }: StoredModel, images: ImageVectors | undefined): void {
  if (imageWidth === images?.width) return;
  const widths = { wanted: imageWidth ?? 0, width: images?.width ?? 0 };
  const message = `training.from: the model reads images of ${widths.wanted} numbers, those given have ${widths.width} (0 = none)`;
  throw new TandemError('model/other-images', message, widths);
}
