import { tandemVersion } from '../../src/config/version.js';
import { createTokenIndex, loadTokenIndex, type TokenIndex } from '../../src/lexical/token-index.js';
import { serveEngine } from './child.js';

/** being made in one process, opened in the next */
let opened: TokenIndex | undefined;

await serveEngine({
  version: tandemVersion(),
  index: async (documents, folder, { k1, b }) => {
    opened = createTokenIndex({ bm25: { k1, b }, fieldWeights: { title: 1 }, language: 'en' });
    for await (const document of documents) opened.add({ ...document });
    await opened.save(folder);
  },
  merge: async folder => {
    await opened?.compact();
    await opened?.save(folder);
  },
  open: async folder => {
    opened = await loadTokenIndex(folder);
    return opened.size;
  },
  search: (text, k) =>
    opened
      ?.prepare({ text })
      .search({ k })
      .map(({ id }) => id) ?? [],
});
