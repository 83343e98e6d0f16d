import { join } from 'node:path';
import { TandemError } from '../../src/errors/tandem-error.js';
import type { PeerProcess } from '../peers/process.js';
import type { Engine } from './engines.js';
import { folderBytes, residentMiB } from './process-figures.js';
import { type Bm25Settings, type CorpusFiles, indexCorpus, openCorpus, type Pass, passOver } from './protocol.js';

/** How many hits are asked for; both in every round. */
export const depths = [10, 100] as const;
export type Depth = (typeof depths)[number];

/** What one engine did on one collection. */
export interface EngineRecord {
  readonly name: string;
  readonly version: string;
  /** reading and indexing all documents until they are on disk */
  readonly indexSeconds: number;
  /** 0 for an engine that keeps nothing on disk */
  readonly indexBytes: number;
  /** of a fresh process that has opened the index and answered every query once */
  readonly residentMiB: number;
  /** ids of the first pass, best first, by query */
  readonly answers: Readonly<Record<Depth, readonly (readonly string[])[]>>;
  /** microseconds by timed round, by query */
  readonly rounds: Readonly<Record<Depth, readonly (readonly number[])[]>>;
}

export interface TurnOptions {
  readonly files: CorpusFiles;
  /** queries in them */
  readonly queries: number;
  /** documents in them */
  readonly size: number;
  /** where indexes may be written */
  readonly folder: string;
  readonly bm25: Bm25Settings;
  readonly warmUp: number;
  readonly rounds: number;
  /** timed rounds of an engine whose time was up in its first pass; it has no warm-up beside that */
  readonly slowRounds: number;
  /** most seconds of one pass over the queries */
  readonly budget: number;
  readonly say: (line: string) => void;
}

interface Opened {
  readonly engine: Engine;
  readonly process: PeerProcess;
  readonly indexSeconds: number;
  readonly indexBytes: number;
}

/**
 * Every engine indexes alone, then all answer in turns, A B C, A B C, ...; an engine that fails is named, and the others go on.
 * @returns the records in the order of the engines, and why the others are missing
 */
export async function takeTurns(
  engines: readonly Engine[],
  options: TurnOptions,
): Promise<{ records: EngineRecord[]; missing: string[] }> {
  const opened: Opened[] = [];
  const missing: string[] = [];
  for (const engine of engines) {
    options.say(`${engine.name}: indexing ${options.size} documents`);
    const entry = await orReason(() => prepare(engine, options));
    if ('missing' in entry) missing.push(`${engine.name} at ${options.size}: ${entry.missing}`);
    else opened.push(entry);
  }
  try {
    return { records: await answerInTurns(opened, options), missing };
  } finally {
    for (const { process } of opened) await process.close();
  }
}

async function orReason<T>(work: () => Promise<T>): Promise<T | { missing: string }> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TandemError && error.code === 'bench/peer-failed')
      return { missing: error.message.slice(0, 300).split('\n')[0] };
    throw error;
  }
}

/** Indexes in one process and opens in the next, so that the memory of the second is that of searching alone. */
async function prepare(engine: Engine, options: TurnOptions): Promise<Opened | { missing: string }> {
  const { files, folder, bm25, size } = options;
  const place = join(folder, engine.name);
  const first = await engine.start();
  if ('missing' in first) return first;
  const indexSeconds = await indexCorpus(first, files, place, bm25).finally(first.close);
  const indexBytes = await folderBytes(place);
  const second = await engine.start();
  if ('missing' in second) return second;
  await openCorpus(second, files, place, bm25, size);
  return { engine, process: second, indexSeconds, indexBytes };
}

async function answerInTurns(
  opened: readonly Opened[],
  { warmUp, rounds, slowRounds, budget, queries, say }: TurnOptions,
): Promise<EngineRecord[]> {
  say(`answering in turns: ${opened.map(({ engine }) => engine.name).join(', ')}`);
  const pass = ({ process }: Opened, depth: Depth, wantIds: boolean): Promise<Pass> =>
    passOver(process, depth, budget, wantIds);
  const firsts: Pick<EngineRecord, 'answers' | 'residentMiB'>[] = [];
  for (const each of opened) {
    const answers = { 10: (await pass(each, 10, true)).ids, 100: (await pass(each, 100, true)).ids };
    firsts.push({ answers, residentMiB: await residentMiB(each.process.pid) });
  }
  const times = opened.map((): Record<Depth, (readonly number[])[]> => ({ 10: [], 100: [] }));
  for (let round = 1; round < warmUp + rounds; round++) {
    for (const depth of depths) {
      for (const [i, each] of opened.entries()) {
        const slow = firsts[i].answers[depth].length < queries;
        if (slow && (round < warmUp || round >= warmUp + slowRounds)) continue;
        const { micros } = await pass(each, depth, false);
        if (round >= warmUp) times[i][depth].push(micros);
      }
    }
  }
  return opened.map(({ engine, process, indexSeconds, indexBytes }, i) => ({
    name: engine.name,
    version: String(process.ready.version),
    indexSeconds,
    indexBytes,
    ...firsts[i],
    rounds: times[i],
  }));
}
