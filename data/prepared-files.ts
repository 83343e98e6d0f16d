import { join } from 'node:path';
import type { DocumentRow, PairRow, QueryRow } from '../src/config/rows.js';
import { writeWhole } from '../src/files/atomic.js';
import { type DataManifest, describeFile, type EventsEntry, preparedFiles } from './manifest.js';
import { type Qrels, writeQrels } from './qrels.js';
import { writeRows } from './row-files.js';

/** Queries with their judgements, never trained on. */
export interface JudgedQueries {
  readonly queries: readonly QueryRow[];
  readonly qrels: Qrels;
}

/** What is known once the pairs have been read to the end. */
export interface AfterPairs {
  readonly trainQueries: Iterable<QueryRow>;
  readonly validation?: JudgedQueries;
  readonly test?: JudgedQueries;
  /** pairs of documents that are not there */
  readonly unknownDocuments: number;
  /** judgements of documents that are not there */
  readonly unknownJudged: number;
  /** judgements of queries that are not there */
  readonly unknownQueries: number;
  /** pairs and judged queries that show nothing */
  readonly blankQueries: number;
  /** where the pairs were made from events */
  readonly events?: EventsEntry;
}

/** Content of a folder of prepared data; documents are drawn to the end first, then the pairs, then the rest is asked for. */
export interface PreparedContent {
  readonly documents: Iterable<DocumentRow> | AsyncIterable<DocumentRow>;
  readonly pairs: Iterable<PairRow> | AsyncIterable<PairRow>;
  readonly afterPairs: () => AfterPairs;
  /** further files: name -> content */
  readonly extra?: Readonly<Record<string, string>>;
}

/**
 * Writes the files of prepared data and the manifest into an empty folder. Validation and test files are written where there are such
 * queries; equal content gives equal bytes.
 */
export async function writePreparedFiles(
  folder: string,
  content: PreparedContent,
  about: Pick<DataManifest, 'seed' | 'shares' | 'sources'>,
): Promise<DataManifest> {
  const files: DataManifest['files'] = {};
  const put = async (name: string, rows: Iterable<object> | AsyncIterable<object>): Promise<number> => {
    const written = await writeRows(join(folder, name), rows);
    files[name] = { bytes: written.bytes, sha256: written.sha256 };
    return written.rows;
  };
  const putText = async (name: string, write: (path: string) => Promise<void>): Promise<void> => {
    await write(join(folder, name));
    const { bytes, sha256 } = await describeFile(join(folder, name));
    files[name] = { bytes, sha256 };
  };
  const documents = await put(preparedFiles.documents, content.documents);
  const pairs = await put(preparedFiles.pairs, content.pairs);
  const after = content.afterPairs();
  const queries = { train: await put(preparedFiles.queries.train, after.trainQueries), validation: 0, test: 0 };
  for (const split of ['validation', 'test'] as const) {
    const judged = after[split];
    if (judged === undefined || judged.queries.length === 0) continue;
    queries[split] = await put(preparedFiles.queries[split], judged.queries);
    await putText(preparedFiles.qrels[split], path => writeQrels(path, judged.qrels));
  }
  for (const [name, text] of Object.entries(content.extra ?? {})) await putText(name, path => writeWhole(path, text));
  const { unknownDocuments, unknownJudged, unknownQueries, blankQueries, events } = after;
  const counts = { documents, pairs, queries, unknownDocuments, unknownJudged, unknownQueries, blankQueries };
  const manifest: DataManifest = {
    format: 'tandem-data',
    version: 1,
    ...about,
    files,
    counts,
    ...(events === undefined ? {} : { events }),
  };
  await writeWhole(join(folder, preparedFiles.manifest), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}
