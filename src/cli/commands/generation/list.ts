import { defineCommand } from '../../command.js';
import { indexFlag } from './flags.js';

export const generationListCommand = defineCommand({
  name: 'generation list',
  summary: 'Show the generations of an index: one for each model that its documents are embedded with.',
  example: 'tandem generation list --index out/index',
  flags: indexFlag,
  run: async ({ index, ...choice }) => {
    const [{ listGenerationsAt }, { formatGenerations }] = await Promise.all([
      import('../../../api/generations/list-generations.js'),
      import('../../format-generations.js'),
    ]);
    const generations = await listGenerationsAt(index, choice);
    return { json: { folder: index, generations }, text: formatGenerations(generations) };
  },
});
