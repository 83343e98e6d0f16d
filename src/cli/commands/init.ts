import { projectFileName } from '../../config/project.js';
import { defineCommand } from '../command.js';
import { path } from '../flags.js';

export const initCommand = defineCommand({
  name: 'init',
  summary:
    'Look at files of documents, pairs or events, and write tandem.json: what is read from where, for every other command.',
  example: 'tandem init shop.csv',
  operands: ['<file|folder>'],
  flags: {
    out: {
      value: 'FILE',
      help: `file that is written (default ${projectFileName})`,
      writes: 'project',
      schema: path.default(projectFileName),
    },
  },
  run: async ({ out }, context, [where]) => {
    const { initProject } = await import('../init-project.js');
    return initProject({ path: where, out }, context);
  },
});
