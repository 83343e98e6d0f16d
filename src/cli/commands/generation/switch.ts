import { defineCommand } from '../../command.js';
import { choiceFlags, indexFlag, saidAgain } from './flags.js';

export const generationSwitchCommand = defineCommand({
  name: 'generation switch',
  summary: 'Search and write with another generation from now on; services that follow the index take it up.',
  example: 'tandem generation switch --index out/index --generation 1',
  flags: { ...indexFlag, ...choiceFlags },
  run: async ({ index, backend, url, ...choice }, context) => {
    const { switchGenerationAt } = await import('../../../api/generations/switch-generation.js');
    const { generation, before } = await switchGenerationAt(index, { backend, url }, choice, context);
    return {
      json: { folder: index, generation, before },
      text: `${index}: generation ${generation} is active, before it was ${before}\nback: tandem generation rollback ${saidAgain(index, { url })}`,
    };
  },
});
