import { TandemError } from '../../src/errors/tandem-error.js';
import { type Message, numberOf, type PeerProcess } from '../peers/process.js';

/**
 * What an engine of the lexical bench is asked, one JSON line each:
 *
 *     {"cmd": "index", "documents": FILE, "folder": DIR, "k1", "b"}                 -> {"seconds"}  reading and indexing, until it is on disk
 *     {"cmd": "open", "documents": FILE, "folder": DIR, "queries": FILE, "k1", "b"} -> {"documents"}
 *     {"cmd": "run", "k", "budget", "ids"} -> {"micros": [of each query], "ids"?: [[best first] of each query]}
 *
 * `documents` is JSONL with id and title, `queries` JSONL of strings. `run` asks the queries in order, one at a time on one thread, from
 * the text to the ids, and stops behind the query that used up `budget` seconds. `open` comes in a new process.
 */
export interface Bm25Settings {
  readonly k1: number;
  readonly b: number;
}

/** Where the shared files of one size lie. */
export interface CorpusFiles {
  readonly documents: string;
  readonly queries: string;
}

/** One pass over the queries. */
export interface Pass {
  /** microseconds by query, in the order of the queries; shorter than they are where the budget ended it */
  readonly micros: readonly number[];
  /** ids found, best first, by query; empty unless asked for */
  readonly ids: readonly (readonly string[])[];
}

export async function indexCorpus(
  engine: PeerProcess,
  files: CorpusFiles,
  folder: string,
  bm25: Bm25Settings,
): Promise<number> {
  return numberOf(await engine.ask({ cmd: 'index', documents: files.documents, folder, ...bm25 }), 'seconds');
}

/** @throws TandemError 'bench/wrong-answer' when the engine does not hold as many documents as it was given */
export async function openCorpus(
  engine: PeerProcess,
  files: CorpusFiles,
  folder: string,
  bm25: Bm25Settings,
  size: number,
): Promise<void> {
  const documents = numberOf(await engine.ask({ cmd: 'open', ...files, folder, ...bm25 }), 'documents');
  if (documents !== size)
    throw new TandemError('bench/wrong-answer', `an engine holds ${documents} documents of ${size}`, {
      documents,
      size,
    });
}

/** @throws TandemError 'bench/peer-failed' on an answer of another shape */
export async function passOver(engine: PeerProcess, k: number, budget: number, wantIds: boolean): Promise<Pass> {
  const answer = await engine.ask({ cmd: 'run', k, budget, ids: wantIds });
  const ids = wantIds ? answer.ids : [];
  if (isNumbers(answer.micros) && isLists(ids)) return { micros: answer.micros, ids };
  throw new TandemError('bench/peer-failed', `run: want micros and ids, got ${briefly(answer)}`);
}

const briefly = (message: Message): string => JSON.stringify(message).slice(0, 200);
const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length > 0 && value.every(each => Number.isFinite(each));
const isLists = (value: unknown): value is string[][] =>
  Array.isArray(value) && value.every(each => Array.isArray(each) && each.every(id => typeof id === 'string'));
