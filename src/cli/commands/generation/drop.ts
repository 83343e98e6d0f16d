import { defineCommand } from '../../command.js';
import { choiceFlags, indexFlag } from './flags.js';

export const generationDropCommand = defineCommand({
  name: 'generation drop',
  summary: 'Take a generation out of an index, finished or not; the active one stays.',
  example: 'tandem generation drop --index out/index --generation 0',
  flags: { ...indexFlag, ...choiceFlags },
  run: async ({ index, backend, url, ...choice }) => {
    const { dropGenerationAt } = await import('../../../api/generations/switch-generation.js');
    const generation = await dropGenerationAt(index, { backend, url }, choice);
    return { json: { folder: index, generation }, text: `${index}: generation ${generation} is gone` };
  },
});
