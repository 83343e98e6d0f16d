import { writeSync } from 'node:fs';
import type { DocumentRow } from '../../src/config/rows.js';
import { buildIndex } from '../../src/search/build-index.js';
import { indexing, letterModel, makeDocuments } from './fixture.js';

/** Builds an index of documents that never end, and says when some of them are in the store: to be killed. */
function* endless(): Generator<DocumentRow> {
  for (let round = 0; ; round++) for (const row of makeDocuments(500)) yield { ...row, id: `${round}-${row.id}` };
}

await buildIndex({
  documents: endless(),
  embedder: letterModel(),
  indexing: indexing(),
  out: process.argv[2],
  onProgress: done => writeSync(1, `${done}\n`),
});
