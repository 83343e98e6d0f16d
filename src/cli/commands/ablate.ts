import { z } from 'zod';
import { defineCommand } from '../command.js';
import { configFlags, path, switched, trainingImageFlags, trainingImagesOf, wholeNumber } from '../flags.js';

export const ablateCommand = defineCommand({
  name: 'ablate',
  summary: 'Train variants of a configuration and measure what each change does; a run that is interrupted goes on.',
  example: 'tandem ablate --data out/data --config ablation.json --out out/ablation',
  packages: ['@tensorflow/tfjs'],
  flags: {
    data: { value: 'DIR', help: 'folder that `tandem prepare` wrote', schema: path },
    out: {
      value: 'REPORT',
      help: 'folder of the report and of the results that it is made of',
      writes: 'ablation',
      schema: path,
    },
    ...trainingImageFlags,
    ...configFlags,
    config: {
      value: 'FILE',
      help: 'JSON: { preset, config, seeds, baseName, variants: [{ name, set: { key: value } }] }, or a configuration',
      schema: path.optional(),
    },
    split: {
      value: 'SPLIT',
      help: 'queries of the report: validation, test or both (default: those that are there)',
      schema: z.enum(['validation', 'test', 'both'], { error: 'expected validation, test or both' }).default('both'),
    },
    relevanceLevel: {
      value: 'N',
      help: 'least gain that counts as relevant (default: half of the greatest one)',
      schema: wholeNumber(1, 1_000_000).optional(),
    },
    hybrid: { help: 'also fuse with token retrieval, the weight tuned on validation for each model', schema: switched },
    keepModels: { help: 'keep the models beside the results', schema: switched },
  },
  run: async (
    { data, out, pictures, imageEncoder, imageCache, split, relevanceLevel, hybrid, keepModels, ...flags },
    context,
  ) => {
    const images = trainingImagesOf({ pictures, imageEncoder, imageCache });
    const [{ readAblation }, { ablateAndReport }, { ablationOutcome, formatAblation }] = await Promise.all([
      import('../../api/training/read-ablation.js'),
      import('../../api/training/ablate.js'),
      import('../format-ablation.js'),
    ]);
    const plan = await readAblation(flags);
    const options = { data, out, split, relevanceLevel, hybrid, keepModels, plan, images };
    const ablated = await ablateAndReport(options, context);
    return { json: ablationOutcome(ablated), text: `${formatAblation(ablated.report)}\nreport: ${ablated.file}` };
  },
});
