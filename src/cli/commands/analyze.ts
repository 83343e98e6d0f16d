import { z } from 'zod';
import { defineCommand } from '../command.js';
import { path, textOf } from '../flags.js';

export const analyzeCommand = defineCommand({
  name: 'analyze',
  summary: 'Show every step that turns a text into terms.',
  example: 'tandem analyze "Garden hoses, 9x15" --language en',
  operands: ['<text...>'],
  flags: {
    language: {
      value: 'TAG',
      help: 'language of the text, BCP 47 (default en, or that of the index)',
      schema: z.string().optional(),
    },
    index: { value: 'INDEX', help: 'index whose own words and synonyms count', schema: path.optional() },
  },
  run: async (options, _context, words) => {
    const [{ analyzeText }, { formatSteps }] = await Promise.all([
      import('../../api/indexes/analyze-text.js'),
      import('../format-steps.js'),
    ]);
    const { language, steps } = await analyzeText(textOf(words), options);
    return { json: { language, steps }, text: formatSteps(steps) };
  },
});
