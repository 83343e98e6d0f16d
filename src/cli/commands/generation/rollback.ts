import { defineCommand } from '../../command.js';
import { indexFlag, modelFlag } from './flags.js';

export const generationRollbackCommand = defineCommand({
  name: 'generation rollback',
  summary: 'Go back to the generation that was active before.',
  example: 'tandem generation rollback --index out/index',
  flags: { ...indexFlag, ...modelFlag },
  run: async ({ index, model, ...choice }, context) => {
    const { rollbackGenerationAt } = await import('../../../api/generations/switch-generation.js');
    const { generation, before } = await rollbackGenerationAt(index, { ...choice, model }, context);
    return {
      json: { folder: index, generation, before },
      text: `${index}: generation ${generation} is active again, before it was ${before}`,
    };
  },
});
