import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { TandemError } from '../errors/tandem-error.js';
import { writeFileAtomically } from '../files/atomic.js';
import { textLines } from './text-lines.js';

/** Query id -> document id -> gain, a whole number; 0 and below: judged and not relevant. */
export type Qrels = Map<string, Map<string, number>>;

export interface RunHit {
  readonly id: string;
  readonly score: number;
}

/** Query id -> hits, best first, a document at most once. */
export type Run = Map<string, readonly RunHit[]>;

/**
 * Reads a run: lines `qid Q0 docid rank score tag`, plain or gzip. The order is that of `rank`, not of
 * `score`; of equal ranks (some tools write 0 everywhere) the higher score stands first, of equal scores too the later id, as trec_eval has it.
 * @throws TandemError 'data/not-found' | 'data/empty' | 'data/malformed-row' (with the line; also a document twice for a query) | 'files/damaged'
 */
export async function readRun(path: string): Promise<Run> {
  const ranked = new Map<string, Map<string, { id: string; score: number; rank: number }>>();
  for await (const { line, columns } of rowsOf(path, 6, 'qid Q0 docid rank score tag')) {
    const [query, , id, rankText, scoreText] = columns;
    const rank = numberOf(rankText);
    const score = numberOf(scoreText);
    if (!Number.isInteger(rank) || rank < 0)
      throw malformed(path, line, `rank must be a whole number, got ${rankText}`);
    if (!Number.isFinite(score)) throw malformed(path, line, `score must be a number, got ${scoreText}`);
    addOnce(ranked, query, id, { id, score, rank }, path, line);
  }
  const run: Run = new Map();
  for (const [query, hits] of ranked) {
    const ordered = [...hits.values()].sort((a, b) => a.rank - b.rank || b.score - a.score || (a.id < b.id ? 1 : -1));
    run.set(
      query,
      ordered.map(({ id, score }) => ({ id, score })),
    );
  }
  return run;
}

/**
 * Reads judgements: lines `qid 0 docid gain`, plain or gzip.
 * @throws TandemError 'data/not-found' | 'data/empty' | 'data/malformed-row' (with the line; also a document judged twice for a query) | 'files/damaged'
 */
export async function readQrels(path: string): Promise<Qrels> {
  const qrels: Qrels = new Map();
  for await (const { line, columns } of rowsOf(path, 4, 'qid 0 docid gain')) {
    const [query, , id, gainText] = columns;
    const gain = numberOf(gainText);
    if (!Number.isSafeInteger(gain))
      throw malformed(path, line, `gain must be a whole number up to 2^53, got ${gainText}`);
    addOnce(qrels, query, id, gain, path, line);
  }
  return qrels;
}

/**
 * Writes a run whole or not at all; gzip when the path ends in `.gz`. Ranks count from 1 in the order of the hits.
 * Tools that order by score (trec_eval does) read the same order as long as scores do not rise within a query.
 * @param tag  name of the system that made the run
 * @throws TandemError 'evaluation/unwritable-run' (an id or tag that is empty or holds white space, a score that is not finite),
 *   'evaluation/duplicate-document', 'files/disk-full', 'files/write-failed'
 */
export async function writeRun(path: string, run: Run, tag: string): Promise<void> {
  checkColumn('tag', tag);
  for (const [query, hits] of run) checkHits(query, hits);
  await writeLines(path, run, ([query, hits]) =>
    hits.map(({ id, score }, i) => `${query} Q0 ${id} ${i + 1} ${score} ${tag}\n`).join(''),
  );
}

/** One text a query, so that a run of any size is never one string. */
async function writeLines<T>(path: string, queries: Iterable<T>, text: (query: T) => string): Promise<void> {
  const texts = function* (): Generator<string> {
    for (const query of queries) yield text(query);
  };
  await writeFileAtomically(path, async handle => {
    const store = async (chunks: AsyncIterable<string | Uint8Array>): Promise<void> => {
      for await (const chunk of chunks) await handle.writeFile(chunk);
    };
    await (path.endsWith('.gz')
      ? pipeline(Readable.from(texts()), createGzip(), store)
      : pipeline(Readable.from(texts()), store));
  });
}

async function* rowsOf(path: string, width: number, form: string): AsyncGenerator<{ line: number; columns: string[] }> {
  let rows = 0;
  for await (const { line, text } of textLines(path)) {
    const trimmed = text.trim();
    if (trimmed === '') continue;
    const columns = trimmed.split(/\s+/);
    if (columns.length !== width)
      throw malformed(path, line, `expected ${width} columns (${form}), got ${columns.length}`);
    rows++;
    yield { line, columns };
  }
  if (rows === 0) throw new TandemError('data/empty', `${path}: no rows`, { path });
}

function addOnce<T>(
  table: Map<string, Map<string, T>>,
  query: string,
  id: string,
  value: T,
  path: string,
  line: number,
): void {
  const row = table.get(query) ?? new Map<string, T>();
  if (row.has(id)) throw malformed(path, line, `document ${id} stands twice for query ${query}`);
  row.set(id, value);
  table.set(query, row);
}

/** Decimal notation alone: Number() would also take hexadecimal. @returns NaN for anything else */
const numberOf = (text: string): number =>
  /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;

function checkHits(query: string, hits: readonly RunHit[]): void {
  checkColumn('query id', query);
  const seen = new Set<string>();
  for (const { id, score } of hits) {
    checkColumn('document id', id);
    if (!Number.isFinite(score)) throw unwritable(`score of ${id} for query ${query} must be finite, got ${score}`);
    if (seen.has(id)) {
      throw new TandemError('evaluation/duplicate-document', `query ${query}: document ${id} stands more than once`, {
        query,
        document: id,
      });
    }
    seen.add(id);
  }
}

/** What other readers take for white space counts too (Python's str.split also splits at U+001C..U+001F and U+0085); a lone surrogate cannot be written as UTF-8. */
function checkColumn(what: string, value: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to refuse
  if (value === '' || /[\s\u001c-\u001f\u0085\p{Surrogate}]/u.test(value)) {
    throw unwritable(`${what} ${JSON.stringify(value)} is empty, holds white space or is not well-formed`);
  }
}

const unwritable = (message: string): TandemError => new TandemError('evaluation/unwritable-run', message);

const malformed = (path: string, line: number, message: string): TandemError =>
  new TandemError('data/malformed-row', `${path} line ${line}: ${message}`, { path, line });
