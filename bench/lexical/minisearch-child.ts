import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import MiniSearch from 'minisearch';
import { createAnalyzer } from '../../src/text/analyzer.js';
import { repositoryRoot } from '../peers/scripts.js';
import { serveEngine } from './child.js';
import type { BenchDocument } from './corpus.js';

/**
 * MiniSearch with our analysis as its tokenizer (its own has no stemmer), plain BM25 with our k1 and b (d = 0), any term may match.
 * Its index lives in memory alone, and as one JSON string it would outgrow the longest string at a million documents: so `open`
 * makes it again.
 */
const analyzer = createAnalyzer('en');
const tokenize = (text: string): string[] => analyzer.analyze(text).map(({ term }) => term);
let opened: MiniSearch<BenchDocument> | undefined;

async function fill(documents: AsyncIterable<BenchDocument>): Promise<MiniSearch<BenchDocument>> {
  const index = new MiniSearch<BenchDocument>({ fields: ['title'], tokenize, processTerm: term => term });
  for await (const document of documents) index.add(document);
  return index;
}

async function installedVersion(): Promise<string> {
  const path = join(repositoryRoot(), 'node_modules/minisearch/package.json');
  return (JSON.parse(await readFile(path, 'utf8')) as { version: string }).version;
}

let bm25 = { k: 1.2, b: 0.7, d: 0 };

await serveEngine({
  version: await installedVersion(),
  index: async documents => {
    await fill(documents);
  },
  open: async (_folder, documents, { k1, b }) => {
    bm25 = { k: k1, b, d: 0 };
    opened = await fill(documents());
    return opened.documentCount;
  },
  search: (text, k) =>
    opened
      ?.search(text, { bm25 })
      .slice(0, k)
      .map(({ id }) => String(id)) ?? [],
});
