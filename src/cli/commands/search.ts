import { z } from 'zod';
import { defineCommand } from '../command.js';
import { modeFlag, path, switched, wholeNumber } from '../flags.js';
import { formatHits } from '../format-hits.js';
import { parseFilterFlag } from '../parse-filter.js';

export const searchCommand = defineCommand({
  name: 'search',
  summary: 'Search an index.',
  example: 'tandem search --index out/index "garden hose" --k 5 --explain',
  operands: ['<text>'],
  flags: {
    index: { value: 'INDEX', help: 'folder of the index', schema: path },
    ...modeFlag,
    k: { value: 'N', help: 'hits wanted, 1 to 1000 (default 10)', schema: wholeNumber(1, 1000).prefault('10') },
    country: { value: 'C', help: 'country of the person who asks', schema: z.string().optional() },
    language: {
      value: 'TAG',
      help: 'language of the text; that of the index when absent',
      schema: z.string().optional(),
    },
    filter: {
      value: 'JSON',
      help: 'clauses that must hold, e.g. [{"range":{"field":"price","max":20}}]',
      schema: z.string().optional(),
    },
    explain: { help: 'show the parts of each score', schema: switched },
  },
  run: async ({ index: folder, mode, filter, ...request }, _context, [text]) => {
    const clauses = filter === undefined ? undefined : parseFilterFlag(filter);
    const { withSearch } = await import('../open-search.js');
    return withSearch(folder, async ({ index, modes }) => {
      const response = await index.search({ ...request, text, mode: mode ?? modes[0], filter: clauses });
      return { json: { ...response }, text: formatHits(response) };
    });
  },
});
