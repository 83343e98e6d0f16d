import { type PreparedData, readPrepared } from '../../../data/prepared.js';
import { trainingReport, writeTrainingFiles } from '../../../training/report/training-files.js';
import { type TrainSummary, train } from '../../../training/trainer.js';
import type { Config } from '../../config/schema.js';
import { tandemVersion } from '../../config/version.js';
import { tellStart } from '../demo/tell-start.js';
import type { TrainingImages } from '../training-options.js';
import type { Watch } from '../watch.js';
import { trainingImages } from './training-images.js';

export { type TrainSummary, trainingReport };

export interface TrainModelOptions {
  /** folder that `prepare` wrote, or what was read from it */
  readonly data: string | PreparedData;
  readonly config: Config;
  readonly out: string;
  readonly resume: boolean;
  /** what the pictures of the documents are encoded with; without it no document has any */
  readonly images?: TrainingImages;
}

/** Trains on prepared data with a live line, and writes the log and the report of the run into the model's folder. */
export async function trainModel(options: TrainModelOptions, watch: Watch): Promise<TrainSummary> {
  const data = typeof options.data === 'string' ? await readPrepared(options.data) : options.data;
  const { images, imageEncoder } = await trainingImages(data, options, watch);
  const progress = watch.progress('training', 'steps');
  try {
    const summary = await train({
      ...options,
      data,
      images,
      imageEncoder,
      tandem: tandemVersion(),
      onStart: start => tellStart(`${options.out}.training`, options.resume, start, watch),
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
    for (const warning of summary.warnings) watch.warn(warning);
    await writeTrainingFiles(options.out, summary.log);
    return summary;
  } finally {
    progress.finish();
  }
}
