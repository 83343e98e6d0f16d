import { z } from 'zod';
import type { Explanation, HitExplanation, WordShare } from '../../api/indexes/open-search.js';
import { TandemError } from '../../errors/tandem-error.js';
import { defineCommand } from '../command.js';
import { path, textOf } from '../flags.js';

/** One line for each part, inside its sum. */
function lines({ value, description, details }: Explanation, depth = 0): string[] {
  const line = `${'  '.repeat(depth)}${value.toFixed(6)}  ${description}`;
  return [line, ...details.flatMap(part => lines(part, depth + 1))];
}

/** The cosine, and the words that made most of it. */
function vectorLines({ vector }: HitExplanation): string[] {
  if (vector === undefined) return [];
  const told = (name: string, words: readonly WordShare[]): string =>
    `  ${name}: ${words.map(({ word, adds }) => `${word} ${adds < 0 ? '' : '+'}${adds.toFixed(3)}`).join(', ')}`;
  const fields = Object.entries(vector.document ?? {}).map(([field, words]) => told(field, words));
  return [`${vector.cosine.toFixed(6)}  cosine; what it loses without a word:`, told('query', vector.query), ...fields];
}

export const explainCommand = defineCommand({
  name: 'explain',
  summary: 'Say why a document has its score on the token side, and why its meaning is as near as it is.',
  example: 'tandem explain --index out/index --id 17 garden hose',
  operands: ['<text...>'],
  flags: {
    index: { value: 'INDEX', help: 'folder of the index', schema: path },
    id: { value: 'ID', help: 'the document', schema: z.string().min(1) },
    language: {
      value: 'TAG',
      help: 'language of the text; guessed from those of the documents when absent',
      schema: z.string().optional(),
    },
    syntax: {
      value: 'NAME',
      help: 'plain: a bag of words (default); query: operators, as docs/queries.md says',
      schema: z.enum(['plain', 'query'], { error: 'expected plain or query' }).optional(),
    },
  },
  project: { lacks: ({ index }) => index === undefined, fills: ({ index }) => ({ index }) },
  run: async ({ index: folder, id, ...request }, _context, words) => {
    const text = textOf(words);
    const { withSearch } = await import('../../api/indexes/open-search.js');
    return withSearch(folder, async ({ index }) => {
      const explanation = await index.explain({ ...request, text, k: 1 }, id);
      if (explanation === undefined) throw new TandemError('request/not-found', `${id}: no such document`);
      return { json: { explanation }, text: [...lines(explanation), ...vectorLines(explanation)].join('\n') };
    });
  },
});
