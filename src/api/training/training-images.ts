import type { PreparedData } from '../../../data/prepared.js';
import { readImageEncoder } from '../../../models/images/image-encoder.js';
import { towersOf } from '../../../training/beginning.js';
import type { TrainOptions } from '../../../training/trainer.js';
import type { Config } from '../../config/schema.js';
import { TandemError } from '../../errors/tandem-error.js';
import { embedDocumentImages, imageCacheBeside, keptVectors, referencesOf } from '../embedding/document-images.js';
import type { TrainingImages } from '../training-options.js';
import type { Watch } from '../watch.js';

interface ImagesWanted {
  /** what the pictures of the documents are encoded with; without it no document has any */
  readonly images?: TrainingImages;
  readonly config: Config;
  /** what is written */
  readonly out: string;
}

/** The vectors of all pictures, before anything is trained. @throws TandemError 'config/bad-value' where the document tower does not read images */
export async function trainingImages(
  data: PreparedData,
  { images, config, out }: ImagesWanted,
  watch: Watch,
): Promise<Pick<TrainOptions, 'images' | 'imageEncoder'>> {
  if (images === undefined) return {};
  const { document, image } = await towersOf(config);
  if (!document.includes('image')) {
    const message = 'towers.document: an image encoder is given, and no channel reads images; add "image" to the list';
    throw new TandemError('config/bad-value', message, { key: 'towers.document' });
  }
  const { encoder, pictures, cache = imageCacheBeside(out) } = images;
  const imageEncoder = await readImageEncoder(encoder);
  const pictured = { documents: () => data.documents, limit: image.limit };
  const embedded = await embedDocumentImages({ ...pictured, pictures, encoder, cache }, watch);
  try {
    const vectors = keptVectors(embedded.vectors);
    for await (const reference of referencesOf(pictured)) vectors.of([reference]);
    return { images: vectors, imageEncoder };
  } finally {
    embedded.close();
  }
}
