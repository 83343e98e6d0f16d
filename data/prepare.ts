import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DocumentRow, PairRow } from '../src/config/rows.js';
import { TandemError } from '../src/errors/tandem-error.js';
import { writeFolderAtomically } from '../src/files/atomic.js';
import { type EventPairs, pairEvents } from './event-pairs.js';
import { checkEventRules, defaultEventRules } from './event-rules.js';
import { type DataManifest, describeFile, preparedFiles } from './manifest.js';
import { openInput } from './open-input.js';
import { splitPairs } from './pair-split.js';
import type { PrepareInput } from './prepare-input.js';
import type { PrepareOptions, PrepareProgress } from './prepare-options.js';
import { type AfterPairs, type JudgedQueries, type PreparedContent, writePreparedFiles } from './prepared-files.js';
import { judge, type Qrels } from './qrels.js';
import type { DocumentSource, SourcedDocument } from './read-documents.js';
import { asSource, inFolders, readEvents } from './read-pairs.js';
import { locationOf, locationUnit, type SourcedRow } from './sources/parse-row.js';
import { checkShares, isBlank } from './split.js';

export interface PrepareSummary {
  readonly folder: string;
  readonly manifest: DataManifest;
}

/**
 * Turns what people bring into what is trained and measured on; data/README.md lists the files. Documents and pairs are streamed, and
 * events joined on disk: held are the ids of the documents and the distinct queries. Nothing stands under `out` until all of it is written.
 * @throws TandemError 'data/*' for the input, 'config/bad-value' for shares and rules of events, 'usage/bad-value' for an `out` that holds something else,
 *   'usage/missing-option' for queries without qrels or the reverse, 'files/*' for writing
 */
export async function prepare(given: PrepareOptions): Promise<PrepareSummary> {
  const options = { ...given, ...(given.events && { events: await inFolders(asSource(given.events)) }) };
  checkShares(options.shares);
  checkEventRules(options.eventRules ?? defaultEventRules);
  await checkTarget(options.out);
  const input = await openInput(options);
  const sources = await Promise.all(input.sources.map(describeFile));
  const { seed, shares } = options;
  let manifest: DataManifest | undefined;
  await writeFolderAtomically(options.out, async folder => {
    const events = eventPairs(folder, options);
    const content = contentOf(input, events, options);
    manifest = await writePreparedFiles(folder, content, { seed, shares, sources });
  });
  if (manifest === undefined) throw new TandemError('internal', 'the folder was written without a manifest');
  return { folder: options.out, manifest };
}

function eventPairs(
  folder: string,
  { events, eventRules: rules = defaultEventRules, onProgress, onNote }: PrepareOptions,
): EventPairs | undefined {
  if (events === undefined) return undefined;
  const source = asSource(events);
  const [path] = source.files;
  let last: PrepareProgress = { stage: 'events', rows: 0 };
  const onEvents = (progress: PrepareProgress): void => {
    last = progress;
    onProgress?.(progress);
  };
  const rows = reporting(readEvents(source, { onNote }), 'events', onEvents);
  const watch = (): void => onProgress?.(last);
  return pairEvents({ path, rows, rules, scratch: join(folder, 'events'), watch, onNote });
}

function contentOf(input: PrepareInput, events: EventPairs | undefined, options: PrepareOptions): PreparedContent {
  const { onProgress } = options;
  const ids = new Map<string, number>();
  const rows = reporting(input.documents, 'documents', onProgress);
  const { repeated }: DocumentSource = asSource(options.documents);
  const documents = uniqueDocuments(rows, ids, repeated);
  const pairs: AsyncIterable<SourcedRow<PairRow>> = events?.pairs ?? input.pairs;
  const split = splitPairs(reporting(pairs, 'pairs', onProgress), id => ids.has(id), input.splitOf);
  const afterPairs = (): AfterPairs => {
    const outcome = split.outcome();
    const left = { unknownJudged: 0, unknownQueries: 0, blankQueries: outcome.blankQueries };
    const keep = (judged: JudgedQueries | undefined): JudgedQueries | undefined =>
      judged && knownJudgements(judged, ids, left);
    const validation = keep(input.given.validation) ?? outcome.validation;
    const test = keep(input.given.test) ?? outcome.test;
    return {
      trainQueries: outcome.trainQueries,
      validation,
      test,
      unknownDocuments: outcome.unknownDocuments,
      ...left,
      events: events?.outcome(),
    };
  };
  return { documents, pairs: split.training, afterPairs };
}

/** Lines of a file are fewer: a place is one number, the file before the line, which spares a million documents a million objects. */
const mostLines = 2 ** 40;

async function* uniqueDocuments(
  rows: AsyncIterable<SourcedDocument>,
  ids: Map<string, number>,
  onRepeat: DocumentSource['repeated'],
): AsyncGenerator<DocumentRow> {
  const files: string[] = [];
  let repeated:
    | { readonly id: string; readonly path: string; readonly first: number; readonly line: number }
    | undefined;
  let repeats = 0;
  for await (const { path, line, row } of rows) {
    if (files.at(-1) !== path) files.push(path);
    const first = ids.get(row.id);
    if (first !== undefined && onRepeat === 'first') continue;
    if (first !== undefined) {
      repeats++;
      repeated ??= { id: row.id, path, first, line };
    } else ids.set(row.id, (files.length - 1) * mostLines + line);
    // as in readRows, nothing is given behind the first fault, and the file is read to its end
    if (repeated === undefined) yield row;
  }
  if (repeated === undefined) return;
  const { id, path, first, line } = repeated;
  const [file, before] = [files[Math.floor(first / mostLines)], first % mostLines];
  const there = file === path ? `${locationUnit(path)} ${before}` : locationOf(file, before);
  const all = repeats === 1 ? '' : ` (${repeats} rows repeat an id)`;
  const message = `${locationOf(path, line)}: the id '${id}' stands already in ${there}${all}`;
  throw new TandemError('data/duplicate-id', message, { path, id, lines: [before, line], repeats });
}

async function* reporting<T>(
  rows: AsyncIterable<T>,
  stage: PrepareProgress['stage'],
  onProgress: PrepareOptions['onProgress'],
): AsyncGenerator<T> {
  let count = 0;
  for await (const row of rows) {
    if (++count % 1000 === 0) onProgress?.({ stage, rows: count });
    yield row;
  }
  onProgress?.({ stage, rows: count });
}

function knownJudgements(
  judged: JudgedQueries,
  ids: ReadonlyMap<string, number>,
  left: { unknownJudged: number; unknownQueries: number; blankQueries: number },
): JudgedQueries {
  const queries = judged.queries.filter(query => !isBlank(query.text));
  left.blankQueries += judged.queries.length - queries.length;
  const known = new Set(queries.map(query => query.id));
  const qrels: Qrels = new Map();
  for (const [query, gains] of judged.qrels) {
    for (const [document, gain] of gains) {
      if (!known.has(query)) left.unknownQueries++;
      else if (!ids.has(document)) left.unknownJudged++;
      else judge(qrels, query, document, gain);
    }
  }
  if (qrels.size > 0) return { queries, qrels };
  throw new TandemError('data/unknown-documents', 'none of the judgements names a query and a document that are there');
}

/** A folder is replaced whole, so it must be one of ours, or empty. @throws TandemError 'usage/bad-value' */
export async function checkTarget(out: string): Promise<void> {
  const names = await readdir(out).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw new TandemError(
      'usage/bad-value',
      `${out}: is not a folder that can be written to`,
      { path: out },
      { cause: error },
    );
  });
  if (names.length === 0 || names.includes(preparedFiles.manifest)) return;
  throw new TandemError('usage/bad-value', `${out}: is not empty and holds no prepared data; it is left as it is`, {
    path: out,
  });
}
