import { z } from 'zod';
import { requireFrom } from '../../config/optional-packages.js';
import { checkOptions, images, maybe, type OptionSchemas, object, path, watch, whole } from '../check-options.js';
import type { AblateOptions, AblationResult } from '../training-options.js';
import { writeWatched } from '../write-watched.js';
import { ablateAndReport } from './ablate.js';
import { planOf } from './read-ablation.js';

const ablateSchemas: OptionSchemas<AblateOptions> = {
  data: path,
  out: path,
  variants: object.optional(),
  seeds: object.optional(),
  split: z.enum(['validation', 'test', 'both'], { error: 'expected validation, test or both' }).optional(),
  relevanceLevel: whole(1, 1_000_000).optional(),
  hybrid: maybe,
  keepModels: maybe,
  images: images.optional(),
  preset: z.string().optional(),
  config: object.optional(),
  replace: maybe,
  watch,
};

/** What `ablate` of the library does. */
export async function ablateVariants(options: AblateOptions): Promise<AblationResult> {
  checkOptions('ablate', options, ablateSchemas);
  requireFrom('@tensorflow/tfjs'); // told before anything is done
  const { data, out, preset, config, variants, seeds, images: pictured, relevanceLevel, replace = false } = options;
  const { split = 'both', hybrid = false, keepModels = false } = options;
  const given = { ...(config && { config }), ...(variants && { variants }), ...(seeds && { seeds }) };
  const destination = { path: out, kind: 'ablation', force: replace } as const;
  const plan = planOf(given, { preset });
  const { report, trained, file } = await writeWatched([destination], options.watch, watch =>
    ablateAndReport({ data, out, plan, split, relevanceLevel, keepModels, images: pictured, hybrid }, watch),
  );
  return { trained, report: file, splits: report.splits };
}
