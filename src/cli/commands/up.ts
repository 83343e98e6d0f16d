import { defineCommand } from '../command.js';
import { addressFlags, path } from '../flags.js';

export const upCommand = defineCommand({
  name: 'up',
  summary: 'Documents in, page out: words are searched at once, towers are trained behind the page and switched in.',
  example: 'tandem up shop.csv',
  operands: ['<path>'],
  flags: {
    project: {
      value: 'FILE',
      help: 'tandem.json that is written where there is none (default: in the current folder)',
      schema: path.optional(),
    },
    model: {
      value: 'DIR',
      help: 'model that is used as it is, in place of towers that are trained (`tandem import-encoder --as-model`)',
      schema: path.optional(),
    },
    ...addressFlags,
  },
  run: async (options, context, [documents]) => {
    const { runUp } = await import('../up/run-up.js');
    return runUp({ ...options, path: documents }, context);
  },
});
