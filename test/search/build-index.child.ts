import { writeSync } from 'node:fs';
import type { DocumentRow } from '../../src/config/rows.js';
import { TandemError } from '../../src/errors/tandem-error.js';
import { buildIndex } from '../../src/search/build-index.js';
import { indexing, letterModel, makeDocuments } from './fixture.js';

/** Builds an index of documents that never end and says when some are in the store, until it is killed or fails. */
function* endless(): Generator<DocumentRow> {
  for (let round = 0; ; round++) for (const row of makeDocuments(500)) yield { ...row, id: `${round}-${row.id}` };
}

try {
  await buildIndex({
    documents: endless(),
    embedder: letterModel(),
    indexing: indexing(),
    out: process.argv[2],
    onProgress: done => writeSync(1, `${done}\n`),
  });
} catch (error) {
  writeSync(1, `${error instanceof TandemError ? error.code : error}\n`);
}
