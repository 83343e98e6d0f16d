import { z } from 'zod';
import { requireFrom } from '../../config/optional-packages.js';
import { checkOptions, maybe, type OptionSchemas, object, path, watch } from '../check-options.js';
import { isUnderWay } from '../destination.js';
import { layConfig } from '../project/read-config.js';
import type { Pretrained, PretrainOptions } from '../training-options.js';
import { writeWatched } from '../write-watched.js';
import { pretrainEncoder } from './pretrain-encoder.js';

const pretrainEncoderSchemas: OptionSchemas<PretrainOptions> = {
  texts: z.array(path).optional(),
  data: path.optional(),
  translations: path.optional(),
  out: path,
  resume: maybe,
  preset: z.string().optional(),
  config: object.optional(),
  replace: maybe,
  watch,
};

/** What `pretrainEncoder` of the library does. */
export async function pretrainOn(options: PretrainOptions): Promise<Pretrained> {
  checkOptions('pretrainEncoder', options, pretrainEncoderSchemas);
  requireFrom('@tensorflow/tfjs'); // told before anything is done
  const { texts = [], data, translations, out, preset, config, resume = false, replace = false } = options;
  const whole = { texts, data, translations, out, resume, config: layConfig({ preset }, config ?? {}) };
  const force = replace || (resume && (await isUnderWay(out)));
  const summary = await writeWatched([{ path: out, kind: 'encoder', force }], options.watch, watch =>
    pretrainEncoder(whole, watch),
  );
  const { steps, resumedAt, seconds, textsPerSecond, counts, metrics } = summary;
  return { encoder: out, steps, resumedAt, seconds, textsPerSecond, counts, heldOut: metrics };
}
