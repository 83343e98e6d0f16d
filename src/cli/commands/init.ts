import { projectFileName } from '../../config/project.js';
import { defineCommand } from '../command.js';
import { path, switched } from '../flags.js';

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
      schema: path.default(projectFileName),
    },
    force: { help: 'replace a file that is there', schema: switched },
  },
  run: async ({ out, force }, context, [where]) => {
    const { initProject } = await import('../init-project.js');
    return initProject({ path: where, out, force }, context);
  },
});
