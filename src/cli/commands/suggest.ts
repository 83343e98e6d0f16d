import { z } from 'zod';
import { defineCommand } from '../command.js';
import { path, textOf, wholeNumber } from '../flags.js';

export const suggestCommand = defineCommand({
  name: 'suggest',
  summary: 'Complete a query that is being typed.',
  example: 'tandem suggest --index out/index garden ho',
  operands: ['<text...>'],
  flags: {
    index: { value: 'INDEX', help: 'folder of the index', schema: path },
    k: { value: 'N', help: 'completions wanted, 1 to 50 (default 10)', schema: wholeNumber(1, 50).prefault('10') },
    language: {
      value: 'TAG',
      help: 'language of the text; that of the index when absent',
      schema: z.string().optional(),
    },
  },
  project: { lacks: ({ index }) => index === undefined, fills: ({ index }) => ({ index }) },
  run: async ({ index: folder, ...request }, _context, words) => {
    const text = textOf(words);
    const { withSearch } = await import('../../api/indexes/open-search.js');
    return withSearch(folder, async ({ index }) => {
      const completions = await index.complete({ ...request, text });
      return { json: { completions }, text: completions.map(completion => completion.text).join('\n') };
    });
  },
});
