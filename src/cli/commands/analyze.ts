import { z } from 'zod';
import { defineCommand } from '../command.js';
import { path, textOf } from '../flags.js';
import { formatSteps } from '../format-steps.js';

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
  run: async ({ language: tag, index: folder }, _context, words) => {
    const text = textOf(words);
    if (folder !== undefined) {
      const { openIndex } = await import('../../search/open-index.js');
      const index = await openIndex(folder);
      try {
        const { language, steps } = await index.analyze(text, tag);
        return { json: { language, steps }, text: formatSteps(steps) };
      } finally {
        await index.close();
      }
    }
    const language = tag ?? 'en';
    const { createAnalyzer } = await import('../../text/analyzer.js');
    const steps = createAnalyzer(language).steps(text);
    return { json: { language, steps }, text: formatSteps(steps) };
  },
});
