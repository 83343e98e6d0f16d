import { stat } from 'node:fs/promises';
import type { PairRow } from '../src/config/rows.js';
import { TandemError } from '../src/errors/tandem-error.js';
import { openBeir } from './prepare-beir.js';
import type { PrepareInput } from './prepare-input.js';
import type { PrepareOptions } from './prepare-options.js';
import type { JudgedQueries } from './prepared-files.js';
import { readQrels } from './qrels.js';
import { readQueries } from './queries.js';
import { type DocumentSource, readDocuments } from './read-documents.js';
import { asSource, type QuerySource, type ReadRowsOptions, readPairs } from './read-pairs.js';
import type { SourcedRow } from './sources/parse-row.js';
import { splitOf } from './split.js';

/** Opens files, or a BEIR folder. @throws TandemError 'usage/missing-option' | 'usage/bad-value' | 'data/*' */
export async function openInput(options: PrepareOptions): Promise<PrepareInput> {
  const documents: DocumentSource = asSource(options.documents);
  const [folder] = documents.files;
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return openBeir(folder, options);
  const { pairs, events, queries, qrels, shares, seed, onNote } = options;
  if ((queries === undefined) !== (qrels === undefined)) {
    throw new TandemError('usage/missing-option', 'queries and qrels belong together: give both or neither');
  }
  if (pairs !== undefined && events !== undefined) {
    throw new TandemError('usage/bad-value', 'pairs and events exclude each other: give one of them');
  }
  const validation =
    queries !== undefined && qrels !== undefined ? await readJudged(queries, qrels, { onNote }) : undefined;
  const leftOut = { lower: 0, unjudged: 0 };
  const files = [documents, pairs, events, queries].filter(source => source !== undefined);
  return {
    documents: readDocuments(documents, { onNote }),
    pairs: pairs === undefined ? noPairs() : readPairs(asSource(pairs), { leftOut, onNote }),
    splitOf: key => (validation === undefined ? splitOf(key, shares, seed) : 'train'),
    given: { validation },
    sources: [...files.flatMap(source => asSource(source).files), ...(qrels === undefined ? [] : [qrels])],
    leftOut,
  };
}

async function readJudged(
  queries: string | QuerySource,
  qrels: string,
  options: ReadRowsOptions,
): Promise<JudgedQueries> {
  return { queries: await readQueries(queries, options), qrels: await readQrels(qrels) };
}

async function* noPairs(): AsyncGenerator<SourcedRow<PairRow>> {}
