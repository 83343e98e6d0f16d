import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { readLines } from '../../data/sources/lines.js';
import type { BenchDocument } from './corpus.js';
import type { Bm25Settings, Pass } from './protocol.js';

/** An engine that runs in Node; every method once a process, but `search`. */
export interface NodeEngine {
  readonly version: string;
  index(documents: AsyncIterable<BenchDocument>, folder: string, bm25: Bm25Settings): Promise<void>;
  /** Brings the index into the form that answers fastest; not timed, as Lucene's forced merge is not. */
  merge?(folder: string): Promise<void>;
  /** @param documents  for an engine whose index lives in memory alone @returns the number of documents */
  open(folder: string, documents: () => AsyncIterable<BenchDocument>, bm25: Bm25Settings): Promise<number>;
  /** @returns ids, best first */
  search(text: string, k: number): readonly string[];
}

const bm25 = { k1: z.number(), b: z.number() };
const files = { documents: z.string(), folder: z.string() };
const commandSchema = z.discriminatedUnion('cmd', [
  z.strictObject({ cmd: z.literal('index'), ...files, ...bm25 }),
  z.strictObject({ cmd: z.literal('open'), ...files, queries: z.string(), ...bm25 }),
  z.strictObject({ cmd: z.literal('run'), k: z.int(), budget: z.number(), ids: z.boolean() }),
]);
const isDocument = (row: unknown): row is BenchDocument =>
  typeof row === 'object' && row !== null && 'id' in row && 'title' in row;

async function* documentsOf(path: string): AsyncGenerator<BenchDocument, void, undefined> {
  for await (const { text } of readLines(path)) {
    const row: unknown = JSON.parse(text);
    if (isDocument(row)) yield row;
  }
}

async function queriesOf(path: string): Promise<string[]> {
  const queries: string[] = [];
  for await (const line of createInterface({ input: createReadStream(path) }))
    queries.push(z.string().parse(JSON.parse(line)));
  return queries;
}

/** Asks the queries one after the other; see protocol.ts. */
export function askAll(
  engine: Pick<NodeEngine, 'search'>,
  queries: readonly string[],
  { k, budget, ids: wantIds }: { readonly k: number; readonly budget: number; readonly ids: boolean },
): Pass {
  const micros: number[] = [];
  const ids: (readonly string[])[] = [];
  const started = performance.now();
  for (const query of queries) {
    const before = performance.now();
    const found = engine.search(query, k);
    const after = performance.now();
    micros.push((after - before) * 1000);
    if (wantIds) ids.push(found);
    if (after - started > budget * 1000) break;
  }
  return { micros, ids };
}

/** Answers the lines of the protocol on stdin until it ends. */
export async function serveEngine(engine: NodeEngine): Promise<void> {
  let queries: string[] = [];
  const say = (message: object): boolean => process.stdout.write(`${JSON.stringify(message)}\n`);
  say({ ready: true, version: engine.version });
  for await (const line of createInterface({ input: process.stdin })) {
    const command = commandSchema.parse(JSON.parse(line));
    if (command.cmd === 'index') {
      const started = performance.now();
      await engine.index(documentsOf(command.documents), command.folder, command);
      const seconds = (performance.now() - started) / 1000;
      await engine.merge?.(command.folder);
      say({ seconds });
    } else if (command.cmd === 'open') {
      queries = await queriesOf(command.queries);
      const documents = await engine.open(command.folder, () => documentsOf(command.documents), command);
      globalThis.gc?.(); // what is left of opening is not the index's memory
      say({ documents });
    } else say(askAll(engine, queries, command));
  }
}
