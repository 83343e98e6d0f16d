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
    const [{ writeProject }, { formatNext, formatProposal, proposalJson }] = await Promise.all([
      import('../../api/project/init-project.js'),
      import('../format-proposal.js'),
    ]);
    const { proposed, estimate } = await writeProject({ path: where, out }, context);
    return {
      json: proposalJson(proposed, estimate),
      text: `${formatProposal(proposed, estimate)}\n\n${formatNext(proposed)}`,
    };
  },
});
