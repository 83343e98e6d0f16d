import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type PreparedData, readPrepared } from '../data/prepared.js';
import { openWritableSearch } from '../src/api/indexes/open-search.js';
import { indexingSchema } from '../src/config/indexing.js';
import type { DocumentRow } from '../src/config/rows.js';
import { tandemVersion } from '../src/config/version.js';
import { TandemError } from '../src/errors/tandem-error.js';
import { buildIndex } from '../src/search/build-index.js';
import type { WritableIndex } from '../src/search/writable-index.js';
import { preparedFolder } from './data-folder.js';
import { type BenchOptions, type BenchReport, describeMachine } from './frame.js';
import { perturbedDocuments } from './lexical/corpus.js';
import { summaryOf } from './measure.js';
import { askAtIntervals } from './open-loop.js';

const seed = 1;
const hits = 20;
const everyMsOfTokens = 5;
const everyMsOfBoth = 20;
const rounds = 4;
const seconds = { warmUp: 2, quiet: 3, writing: 8 };
/** documents of a write, and writes under way at a time: one is committed while the next is made */
const batch = 64;
const underWay = 2;
/** a second, of an index with a model: each gets its embedding, from which no processor is left over where it is made as fast as can be */
const embeddedRate = 1000;

type Documents = Iterator<DocumentRow, never, undefined>;

/** Times of searches, and what was written meanwhile. */
interface Spell {
  readonly times: readonly number[];
  readonly written: number;
  readonly seconds: number;
}

/** Writes batch after batch at a rate, or as fast as they are taken, until it is told to stop. @returns documents acknowledged */
async function writeUntil(
  stopped: () => boolean,
  index: WritableIndex,
  documents: Documents,
  rate: number,
): Promise<number> {
  let [begun, written] = [0, 0];
  const started = performance.now();
  const writer = async (): Promise<void> => {
    while (!stopped()) {
      const early = started + (1000 * begun) / rate - performance.now();
      begun += batch;
      if (early > 0) await pause(early);
      const rows = Array.from({ length: batch }, () => documents.next().value);
      await index.put(rows);
      written += rows.length;
    }
  };
  await Promise.all(Array.from({ length: underWay }, writer));
  return written;
}

async function writingSpell(
  index: WritableIndex,
  ask: (number: number) => Promise<unknown>,
  documents: Documents,
  everyMs: number,
  rate: number,
): Promise<Spell> {
  let stopped = false;
  const started = performance.now();
  const writing = writeUntil(() => stopped, index, documents, rate);
  const times = await askAtIntervals(ask, everyMs, seconds.writing).finally(() => {
    stopped = true;
  });
  const written = await writing;
  return { times, written, seconds: (performance.now() - started) / 1000 };
}

/** Perturbed copies of the titles without end, none of which is in the index. */
function* newDocuments(titles: readonly string[]): Generator<DocumentRow, never, undefined> {
  const documents = perturbedDocuments(titles, Number.POSITIVE_INFINITY, seed);
  for (let i = 0; i < titles.length; i++) documents.next(); // the titles themselves
  for (const document of documents) yield { ...document };
  throw new TandemError('internal', 'there is no end of perturbed documents');
}

/**
 * Token searches for 20 hits every 5 ms, in the process that takes documents into the same index as fast as it can: eight seconds of that
 * and three of quiet, in turns. Every document is on disk before it counts as written. Where TANDEM_BENCH_INDEX names an index of the same data with a model,
 * searches ask both sides of a copy of it, every 20 ms, and 1,000 documents a second are embedded and written.
 * @throws TandemError 'usage/missing-option' | 'evaluation/no-queries' | as `readPrepared`
 */
export async function searchWhileWriting({ data: given }: BenchOptions): Promise<BenchReport> {
  const data = await readPrepared(preparedFolder('search-while-writing', given));
  const queries = data.validation?.queries.map(({ text }) => text) ?? [];
  if (queries.length === 0) throw new TandemError('evaluation/no-queries', `${data.folder}: no validation queries`);
  const folder = await mkdtemp(join(tmpdir(), 'tandem-bench-'));
  try {
    const out = join(folder, 'index');
    const prebuilt = process.env.TANDEM_BENCH_INDEX;
    if (prebuilt === undefined) await buildIndex({ documents: rowsOf(data), indexing: indexingSchema.parse({}), out });
    else await cp(prebuilt, out, { recursive: true });
    const { index, modes, close } = await openWritableSearch(out, {});
    try {
      return await measure(index, data, queries, modes.includes('hybrid'));
    } finally {
      await close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const rowsOf = ({ documents }: PreparedData): DocumentRow[] => documents.map(({ id, title }) => ({ id, title }));

async function measure(
  index: WritableIndex,
  data: PreparedData,
  queries: readonly string[],
  embeds: boolean,
): Promise<BenchReport> {
  const [mode, everyMs, rate] = embeds
    ? (['hybrid', everyMsOfBoth, embeddedRate] as const)
    : (['token', everyMsOfTokens, Number.POSITIVE_INFINITY] as const);
  const documents = newDocuments(data.documents.map(({ title }) => title));
  const before = await index.count();
  let asked = 0;
  const ask = (): Promise<unknown> => index.search({ text: queries[asked++ % queries.length], k: hits, mode });
  await askAtIntervals(ask, everyMs, seconds.warmUp);
  const quiet: number[] = [];
  const spells: Spell[] = [];
  for (let round = 0; round < rounds; round++) {
    quiet.push(...(await askAtIntervals(ask, everyMs, seconds.quiet)));
    spells.push(await writingSpell(index, ask, documents, everyMs, rate));
    process.stderr.write(`round ${round + 1} of ${rounds}: ${spells[round].written} documents written\n`);
  }
  const written = spells.reduce((sum, spell) => sum + spell.written, 0);
  const found = await index.count();
  if (found !== before + written)
    throw new TandemError('bench/wrong-answer', `the index holds ${found} documents of ${before + written}`);
  const busy = spells.flatMap(({ times }) => times);
  const { made, segments } = index.tokenMeasures();
  return {
    bench: 'search-while-writing',
    header: describeMachine(
      { tandem: tandemVersion() },
      { 'documents at first': before, hits, mode, 'ms between searches': everyMs, 'documents a write': batch, rounds },
    ),
    results: [summaryOf('quiet', quiet), summaryOf('while writing', busy)],
    ratio: {},
    quality: {
      'documents/s': written / spells.reduce((sum, spell) => sum + spell.seconds, 0),
      'documents written': written,
      'max ms quiet': Math.max(...quiet),
      'max ms while writing': Math.max(...busy),
      flushes: made.flushes,
      merges: made.merges,
      'segments at the end': segments,
    },
    missing: [],
  };
}
