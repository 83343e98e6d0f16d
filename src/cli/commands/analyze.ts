import { z } from 'zod';
import { defineCommand } from '../command.js';
import { formatSteps } from '../format-steps.js';

export const analyzeCommand = defineCommand({
  name: 'analyze',
  summary: 'Show every step that turns a text into terms.',
  example: 'tandem analyze "Garden hoses, 9x15" --language en',
  operands: ['<text>'],
  flags: {
    language: { value: 'TAG', help: 'language of the text, BCP 47 (default en)', schema: z.string().default('en') },
  },
  run: async ({ language }, _context, [text]) => {
    const { createAnalyzer } = await import('../../text/analyzer.js');
    const steps = createAnalyzer(language).steps(text);
    return { json: { language, steps }, text: formatSteps(steps) };
  },
});
