import { join } from 'node:path';
import { type PreparedData, readPrepared } from '../../data/prepared.js';
import { readImageEncoder } from '../../models/images/image-encoder.js';
import { type TrainOptions, type TrainSummary, train } from '../../training/trainer.js';
import type { Config } from '../config/schema.js';
import { tandemVersion } from '../config/version.js';
import { TandemError } from '../errors/tandem-error.js';
import { renderReport } from '../evaluation/report/render-report.js';
import { trainingSections } from '../evaluation/report/training-sections.js';
import { writeWhole } from '../files/atomic.js';
import type { CommandContext } from './command.js';
import { embedDocumentImages, imageCacheBeside, keptVectors, referencesOf } from './document-images.js';

export interface TrainModelOptions {
  /** folder that `prepare` wrote */
  readonly data: string;
  readonly config: Config;
  readonly out: string;
  readonly resume: boolean;
  /** what the pictures of the documents are encoded with; without it no document has any */
  readonly images?: TrainingImages;
}

export interface TrainingImages {
  /** folder of the image encoder */
  readonly encoder: string;
  /** folder of the pictures; without one only data URIs are read */
  readonly pictures?: string;
  /** folder that vectors are kept in; beside the model when absent */
  readonly cache?: string;
}

/** The report of a training run, beside the artefact's own files. */
export const trainingReport = (model: string): string => join(model, 'training.html');

/** Trains on prepared data with a live line, and writes the report of the run into the model's folder. */
export async function trainModel(options: TrainModelOptions, context: CommandContext): Promise<TrainSummary> {
  const data = await readPrepared(options.data);
  const { images, imageEncoder } = await trainingImages(data, options, context);
  const progress = context.progress('training', 'steps');
  try {
    const summary = await train({
      ...options,
      data,
      images,
      imageEncoder,
      tandem: tandemVersion(),
      onTeaching: (done, total) => {
        progress.note('the teacher embeds what it will be asked');
        progress.update(done, total);
      },
      onProgress: ({ done, total, stage, loss, examplesPerSecond, validation }) => {
        const figures =
          validation === undefined
            ? ''
            : `, ROC AUC ${validation['ROC AUC'].toFixed(4)}, nDCG@10 ${validation['nDCG@10'].toFixed(4)}`;
        progress.note(`${stage}: loss ${loss.toFixed(4)}, ${Math.round(examplesPerSecond)} examples/s${figures}`);
        progress.update(done, total);
      },
    });
    const sections = trainingSections(summary.log);
    await writeWhole(trainingReport(options.out), renderReport({ title: 'Training', sections }));
    return summary;
  } finally {
    progress.finish();
  }
}

/** The vectors of all pictures, before training. @throws TandemError 'config/bad-value' where the document tower does not read images */
async function trainingImages(
  data: PreparedData,
  { images, config, out }: TrainModelOptions,
  context: CommandContext,
): Promise<Pick<TrainOptions, 'images' | 'imageEncoder'>> {
  if (images === undefined) return {};
  const { document, image } = config.towers;
  if (!document.includes('image')) {
    const message = 'towers.document: an image encoder is given, and no channel reads images; add "image" to the list';
    throw new TandemError('config/bad-value', message, { key: 'towers.document' });
  }
  const { encoder, pictures, cache = imageCacheBeside(out) } = images;
  const imageEncoder = await readImageEncoder(encoder);
  const pictured = { documents: () => data.documents, limit: image.limit };
  const embedded = await embedDocumentImages({ ...pictured, pictures, encoder, cache }, context);
  try {
    const vectors = keptVectors(embedded.vectors);
    for await (const reference of referencesOf(pictured)) vectors.of([reference]);
    return { images: vectors, imageEncoder };
  } finally {
    embedded.close();
  }
}

/** What a training run leaves behind for machines. */
export const trainingOutcome = (summary: TrainSummary): Record<string, unknown> => ({
  model: summary.out,
  steps: summary.steps,
  seconds: Number(summary.seconds.toFixed(1)),
  examplesPerSecond: Math.round(summary.examplesPerSecond),
  droppedChannels: summary.droppedChannels,
  metrics: { validation: summary.metrics },
});
