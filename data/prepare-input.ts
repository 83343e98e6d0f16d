import { stat } from 'node:fs/promises';
import { type DocumentRow, documentRowSchema, type PairRow, pairRowSchema } from '../src/config/rows.js';
import { TandemError } from '../src/errors/tandem-error.js';
import type { PrepareOptions } from './prepare.js';
import { openBeir } from './prepare-beir.js';
import type { JudgedQueries } from './prepared-files.js';
import { readQrels } from './qrels.js';
import { readQueries } from './queries.js';
import type { SourcedRow } from './sources/parse-row.js';
import { type RowOptions, readRows } from './sources/source.js';
import { type Split, splitOf } from './split.js';

/** What `prepare` reads from, whatever its form. */
export interface PrepareInput {
  /** the file that the documents come from, for messages */
  readonly path: string;
  readonly documents: AsyncIterable<SourcedRow<DocumentRow>>;
  readonly pairs: AsyncIterable<SourcedRow<PairRow>>;
  readonly splitOf: (key: string) => Split;
  /** judged queries that were given, in place of or beside those that the split holds out */
  readonly given: Readonly<Partial<Record<'validation' | 'test', JudgedQueries>>>;
  readonly sources: readonly string[];
}

/** Opens files, or a BEIR folder. @throws TandemError 'usage/missing-option' | 'usage/bad-value' | 'data/*' */
export async function openInput(options: PrepareOptions): Promise<PrepareInput> {
  const found = await stat(options.documents).catch(() => undefined);
  if (found?.isDirectory()) return openBeir(options);
  const { documents, pairs, events, queries, qrels, shares, seed, types, onNote } = options;
  if ((queries === undefined) !== (qrels === undefined)) {
    throw new TandemError('usage/missing-option', 'queries and qrels belong together: give both or neither');
  }
  if (pairs !== undefined && events !== undefined) {
    throw new TandemError('usage/bad-value', 'pairs and events exclude each other: give one of them');
  }
  const validation =
    queries !== undefined && qrels !== undefined ? await readJudged(queries, qrels, { onNote }) : undefined;
  return {
    path: documents,
    documents: readRows(documents, documentRowSchema, { types, onNote }),
    pairs: pairs === undefined ? noPairs() : readRows(pairs, pairRowSchema, { onNote }),
    splitOf: key => (validation === undefined ? splitOf(key, shares, seed) : 'train'),
    given: { validation },
    sources: [documents, pairs, events, queries, qrels].filter(path => path !== undefined),
  };
}

async function readJudged(queries: string, qrels: string, options: RowOptions): Promise<JudgedQueries> {
  return { queries: await readQueries(queries, options), qrels: await readQrels(qrels) };
}

async function* noPairs(): AsyncGenerator<SourcedRow<PairRow>> {}
