import { defineCommand } from '../../command.js';
import { indexFlag } from './flags.js';

export const generationRollbackCommand = defineCommand({
  name: 'generation rollback',
  summary: 'Go back to the generation that was active before.',
  example: 'tandem generation rollback --index out/index',
  flags: indexFlag,
  run: async ({ index }) => {
    const { rollbackGenerationOf } = await import('../../../api/generations/switch-generation.js');
    const { generation, before } = await rollbackGenerationOf(index);
    return {
      json: { folder: index, generation, before },
      text: `${index}: generation ${generation} is active again, before it was ${before}`,
    };
  },
});
