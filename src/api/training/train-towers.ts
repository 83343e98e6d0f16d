import { z } from 'zod';
import { requireFrom } from '../../config/optional-packages.js';
import { checkOptions, images, maybe, type OptionSchemas, object, path, watch } from '../check-options.js';
import { isUnderWay } from '../destination.js';
import { layConfig } from '../project/read-config.js';
import type { TrainedTowers, TrainTowersOptions } from '../training-options.js';
import { writeWatched } from '../write-watched.js';
import { trainModel } from './train-model.js';

const trainTowersSchemas: OptionSchemas<TrainTowersOptions> = {
  data: path,
  out: path,
  resume: maybe,
  images: images.optional(),
  preset: z.string().optional(),
  config: object.optional(),
  replace: maybe,
  watch,
};

/** What `trainTowers` of the library does. */
export async function trainTowersOn(options: TrainTowersOptions): Promise<TrainedTowers> {
  checkOptions('trainTowers', options, trainTowersSchemas);
  requireFrom('@tensorflow/tfjs'); // told before anything is done
  const { data, out, preset, config, images, resume = false, replace = false } = options;
  const whole = { data, out, images, resume, config: layConfig({ preset }, config ?? {}) };
  const force = replace || (resume && (await isUnderWay(out)));
  const summary = await writeWatched([{ path: out, kind: 'model', force }], options.watch, watch =>
    trainModel(whole, watch),
  );
  const { steps, resumedAt, seconds, examplesPerSecond, droppedChannels, metrics, knownItems, warnings } = summary;
  return {
    model: out,
    steps,
    resumedAt,
    seconds,
    examplesPerSecond,
    droppedChannels,
    validation: metrics,
    ...(knownItems && { knownItems }),
    warnings,
  };
}
