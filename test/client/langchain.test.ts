import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createServer, type Server } from '../../src/api/index.js';
import { type LibraryFolder, makeLibraryFolder, rows } from '../api/library-folder.js';

let folder: LibraryFolder;
let server: Server;
beforeAll(async () => {
  folder = await makeLibraryFolder();
  server = await createServer({ index: folder.at('index'), port: 0 });
});
afterAll(async () => {
  await server.close();
  await folder.remove();
});

it('the retriever of examples/langchain gives a chain of LangChain.js the documents that the service finds', async () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const { title } = rows[4];
  // the package as it is built: what is imported is what is installed
  const asked = await promisify(execFile)(process.execPath, ['examples/langchain/ask.mjs', server.url, title], {
    cwd: root,
  });
  const answer = await fetch(new URL('search', server.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text: title, k: 3 }),
  });
  const { hits } = (await answer.json()) as { hits: { document: { title: string; description: string } }[] };
  expect(hits).toHaveLength(3);
  expect(JSON.parse(asked.stdout)).toEqual(hits.map(({ document }) => `${document.title}\n${document.description}`));
});
