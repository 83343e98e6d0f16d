import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import fastify from 'fastify';
import MiniSearch from 'minisearch';

/**
 * What one would write oneself, as their guides show it: MiniSearch with its own settings behind Fastify, documents in its memory.
 * Arguments: the documents, one JSON object a line, and the port.
 */
const [documents, port] = process.argv.slice(2);
const index = new MiniSearch({ fields: ['title', 'description'], storeFields: ['title', 'description'] });
for await (const line of createInterface({ input: createReadStream(documents) })) index.add(JSON.parse(line));

const app = fastify();
app.post<{ Body: { text: string; k: number } }>(
  '/search',
  {
    schema: {
      body: {
        type: 'object',
        required: ['text'],
        properties: { text: { type: 'string' }, k: { type: 'integer', default: 10 } },
      },
    },
  },
  async ({ body: { text, k } }) => ({
    hits: index
      .search(text)
      .slice(0, k)
      .map(({ id, score, title, description }) => ({ id, score, document: { id, title, description } })),
  }),
);
await app.listen({ host: '127.0.0.1', port: Number(port) });
