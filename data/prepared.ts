import { join } from 'node:path';
import {
  type DocumentRow,
  documentRowSchema,
  pairRowSchema,
  type QueryRow,
  queryRowSchema,
} from '../src/config/rows.js';
import { TandemError } from '../src/errors/tandem-error.js';
import { type DataManifest, preparedFiles, readManifest } from './manifest.js';
import type { JudgedQueries } from './prepared-files.js';
import { readQrels } from './qrels.js';
import { locationOf } from './sources/parse-row.js';
import { readRows } from './sources/source.js';

/** A positive pair whose document is an index into the documents. */
export interface TrainingPair {
  readonly query: string;
  readonly country?: string;
  readonly language?: string;
  /** index in [0, documents.length) */
  readonly document: number;
  /** in (0, 1] */
  readonly weight: number;
}

/** A folder of prepared data, in memory. */
export interface PreparedData {
  readonly folder: string;
  readonly manifest: DataManifest;
  readonly documents: readonly DocumentRow[];
  readonly pairs: readonly TrainingPair[];
  readonly validation?: JudgedQueries;
  readonly test?: JudgedQueries;
}

/**
 * Reads what `prepare` wrote, every file checked against the manifest.
 * @throws TandemError 'data/not-prepared' | 'data/unsupported-version' | 'files/damaged' | 'data/malformed-row'
 */
export async function readPrepared(folder: string): Promise<PreparedData> {
  const manifest = await readManifest(folder);
  const documents: DocumentRow[] = [];
  for await (const { row } of readRows(join(folder, preparedFiles.documents), documentRowSchema)) documents.push(row);
  const pairs = manifest.counts.pairs === 0 ? [] : await readPairs(join(folder, preparedFiles.pairs), documents);
  const validation = await readJudgedQueries(folder, 'validation', manifest);
  const test = await readJudgedQueries(folder, 'test', manifest);
  return { folder, manifest, documents, pairs, validation, test };
}

async function readPairs(path: string, documents: readonly DocumentRow[]): Promise<TrainingPair[]> {
  const indexOf = new Map(documents.map(({ id }, index) => [id, index]));
  const pairs: TrainingPair[] = [];
  for await (const { line, row } of readRows(path, pairRowSchema)) {
    const { documentId, weight = 1, ...query } = row;
    const document = indexOf.get(documentId);
    if (document === undefined) {
      throw new TandemError(
        'files/damaged',
        `${locationOf(path, line)}: names the document '${documentId}', which is not there`,
        { path, line },
      );
    }
    pairs.push({ ...query, document, weight });
  }
  return pairs;
}

async function readJudgedQueries(
  folder: string,
  split: 'validation' | 'test',
  manifest: DataManifest,
): Promise<JudgedQueries | undefined> {
  if (manifest.counts.queries[split] === 0) return undefined;
  const queries: QueryRow[] = [];
  for await (const { row } of readRows(join(folder, preparedFiles.queries[split]), queryRowSchema)) queries.push(row);
  return { queries, qrels: await readQrels(join(folder, preparedFiles.qrels[split])) };
}
