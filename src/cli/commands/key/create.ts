import { z } from 'zod';
import { defineCommand } from '../../command.js';
import { commaSeparated, wholeNumber } from '../../flags.js';
import { keysFlag } from './flags.js';

export const keyCreateCommand = defineCommand({
  name: 'key create',
  summary: 'Make a key for a service and show it, this once: the file keeps a salted hash.',
  example: 'tandem key create --keys keys.json --name shop --scope search',
  flags: {
    ...keysFlag,
    name: { value: 'NAME', help: 'what people call it', schema: z.string().min(1, 'expected a name') },
    scope: {
      value: 'SCOPE,...',
      help: 'what it may do: search, read, write, events, admin (docs/serving.md)',
      schema: commaSeparated(z.string()),
    },
    rateLimit: { value: 'N', help: 'requests a minute with it', schema: wholeNumber(1, 1_000_000).optional() },
    collections: {
      value: 'NAME,...',
      help: 'of a service of several (`tandem serve --root`): those that it is for; all when absent',
      schema: commaSeparated(z.string()).optional(),
    },
    filter: {
      value: 'JSON',
      help: 'the documents that are there for whoever has it: \'[{"terms": {"field": "tenant", "values": ["acme"]}}]\'',
      schema: z.string().optional(),
    },
    pictures: {
      value: 'DIR',
      help: 'beside --filter: the folder below the pictures of the index whose pictures it sees',
      schema: z.string().optional(),
    },
  },
  run: async ({ keys, filter: typed, ...wanted }) => {
    const [{ createKeyIn }, { parseFilterFlag }] = await Promise.all([
      import('../../../api/keys/keys.js'),
      import('../../parse-search-flags.js'),
    ]);
    const { key, known } = await createKeyIn(keys, {
      ...wanted,
      filter: typed === undefined ? undefined : parseFilterFlag(typed),
    });
    return {
      json: { file: keys, key, ...known },
      text: `${key}\nThis is the key "${known.name}" (${known.id}). It is not shown again; services that read ${keys} know it within a second.`,
    };
  },
});
