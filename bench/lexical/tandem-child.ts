import { tandemVersion } from '../../src/config/version.js';
import { createTokenIndex, loadTokenIndex, type TokenIndex } from '../../src/lexical/token-index.js';
import { serveEngine } from './child.js';
import type { BenchDocument } from './corpus.js';

const batchSize = 1_000;

const rowsOf = (batch: readonly BenchDocument[]) => batch.map(({ id, title }) => ({ id, title }));

async function fill(index: TokenIndex, documents: AsyncIterable<BenchDocument>): Promise<void> {
  const filler = index.filler();
  let batch: BenchDocument[] = [];
  for await (const document of documents) {
    batch.push(document);
    if (batch.length < batchSize) continue;
    await filler.add(rowsOf(batch));
    batch = [];
  }
  await filler.add(rowsOf(batch));
  await filler.done();
}

/** being made in one process, opened in the next */
let opened: TokenIndex | undefined;

await serveEngine({
  version: tandemVersion(),
  index: async (documents, folder, { k1, b }) => {
    opened = createTokenIndex({ bm25: { k1, b }, fieldWeights: { title: 1 }, language: 'en' });
    await fill(opened, documents);
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
      // at a moment of its own, so that no text is kept prepared from one pass to the next: the others analyse each time
      ?.prepare({ text, now: 0 })
      .search({ k })
      .map(({ id }) => id) ?? [],
});
