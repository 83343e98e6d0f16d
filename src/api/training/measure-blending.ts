import { readPrepared } from '../../../data/prepared.js';
import { type BlendingMeasures, blendedConfig, measureBlending } from '../../../training/measure-blending.js';
import type { Config } from '../../config/schema.js';
import { writeWhole } from '../../files/atomic.js';
import type { TrainingImages } from '../training-options.js';
import type { Watch } from '../watch.js';
import { trainingImages } from './training-images.js';

export type { BlendingMeasures };

export interface BlendOptions {
  /** folder of prepared data */
  readonly data: string;
  readonly config: Config;
  readonly epochs: number;
  /** the configuration that is written */
  readonly out: string;
  /** what the pictures of the documents are encoded with */
  readonly images?: TrainingImages;
}

/**
 * Measures the weights of gradient blending and writes the configuration with them.
 * @throws TandemError see measureBlending, 'data/*', 'files/*'; then nothing is written
 */
export async function blendAndWrite(options: BlendOptions, watch: Watch): Promise<BlendingMeasures> {
  const measures = await measure(options, watch);
  const blended = blendedConfig(options.config, measures.groups);
  await writeWhole(options.out, `${JSON.stringify(blended, null, 2)}\n`);
  return measures;
}

async function measure(options: BlendOptions, watch: Watch): Promise<BlendingMeasures> {
  const { config, epochs } = options;
  const prepared = await readPrepared(options.data);
  const { images } = await trainingImages(prepared, options, watch);
  const progress = watch.progress('measuring', 'steps');
  try {
    return await measureBlending({
      data: prepared,
      images,
      config,
      epochs,
      onProgress: ({ done, total, group, groups, loss }) => {
        progress.note(`group ${group} of ${groups}: loss ${loss.toFixed(4)}`);
        progress.update(done, total);
      },
    });
  } finally {
    progress.finish();
  }
}
