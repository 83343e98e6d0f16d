import { join } from 'node:path';
import { z } from 'zod';
import { defineCommand } from '../command.js';
import { imageFlags, path, wholeNumber } from '../flags.js';

const splits = ['validation', 'test'] as const;

export const inspectCommand = defineCommand({
  name: 'inspect',
  summary:
    'Look into a trained model: what each channel is worth, how much it counts in the fusion, how training went.',
  example: 'tandem inspect --model out/model --data out/data --out out/inspection.html',
  packages: ['@tensorflow/tfjs'],
  flags: {
    model: { value: 'MODEL', help: 'folder of the model', schema: path },
    data: { value: 'DIR', help: 'folder that `tandem prepare` wrote', schema: path },
    out: {
      value: 'REPORT',
      help: 'HTML report that is written; beside it its figures as .json and each chart as .svg',
      writes: 'report',
      schema: path.regex(/\.html$/, 'expected a name that ends in .html'),
    },
    ...imageFlags,
    split: {
      value: 'SPLIT',
      help: 'judged queries to measure by: validation (default) or test',
      schema: z.enum(splits, { error: `expected one of ${splits.join(', ')}` }).prefault('validation'),
    },
    seed: {
      value: 'N',
      help: 'seed of the intervals (default 1)',
      schema: wholeNumber(0, 2 ** 32 - 1).prefault('1'),
    },
    threads: {
      value: 'N',
      help: 'threads of the native graphs (default: all cores)',
      schema: wholeNumber(0, 256).prefault('0'),
    },
  },
  project: {
    lacks: ({ model, data, out }) => [model, data, out].includes(undefined),
    fills: ({ model, data, project }) => ({ model, data, out: join(project.out, 'inspection.html') }),
  },
  run: async (options, context) => {
    const [{ inspectAndReport }, { formatInspection }] = await Promise.all([
      import('../../api/training/inspect-model.js'),
      import('../format-inspection.js'),
    ]);
    const { found, files } = await inspectAndReport(options, context);
    const { model, split, out } = options;
    return {
      json: { model, split, ...found, report: out, files },
      text: `${formatInspection(found)}\n\nreport: ${out}`,
    };
  },
});
