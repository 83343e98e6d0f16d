import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PreparedData, readPrepared } from '../data/prepared.js';
import type { JudgedQueries } from '../data/prepared-files.js';
import { TandemError } from '../src/errors/tandem-error.js';
import { ndcg } from '../src/evaluation/metrics.js';
import { usualCacheBytes } from '../src/lexical/list-cache.js';
import { seededRandom, shuffle } from '../src/math/random.js';
import { createAnalyzer } from '../src/text/analyzer.js';
import { preparedFolder } from './data-folder.js';
import { type BenchOptions, type BenchReport, describeMachine } from './frame.js';
import { type BenchDocument, perturbedDocuments, writeLines } from './lexical/corpus.js';
import { engines } from './lexical/engines.js';
import { type EngineRecord, takeTurns } from './lexical/turns.js';
import { overlap, queryTimes, speedRatio } from './lexical-figures.js';
import { type LexicalRow, lexicalTable } from './lexical-table.js';
import type { Summary } from './measure.js';

const bm25 = { k1: 0.9, b: 0.4 };
const seed = 1;
const warmUp = 4;
const rounds = 7;
const slowRounds = 2;
/** most seconds of one pass over the queries */
const budget = 5;
const defaultSizes = [10_000, 100_000];
/** Ours keeps the lists that queries asked for unpacked; the others unpack them for every query. Its resident memory has them in it. */
const cacheMiB = usualCacheBytes / 2 ** 20;
/** on the real titles every engine finds at least this share of our first ten: else it answers something else */
const leastOverlap = 0.4;

/** Documents, and whether the judgements hold for them. */
interface Collection {
  readonly name: string;
  readonly size: number;
  readonly documents: () => Iterable<BenchDocument>;
  readonly judged: boolean;
}

function collections({ documents }: PreparedData, sizes: readonly number[]): Collection[] {
  const titles = documents.map(({ title }) => title);
  const real = () => documents.map(({ id, title }) => ({ id, title }));
  return [
    { name: 'titles', size: documents.length, documents: real, judged: true },
    ...sizes.map(size => ({
      name: 'perturbed',
      size,
      documents: () => perturbedDocuments(titles, size, seed),
      judged: false,
    })),
  ];
}

/** Different terms of each document, added up: what an index without positions holds. */
function countPostings(documents: Iterable<BenchDocument>): number {
  const analyzer = createAnalyzer('en');
  let postings = 0;
  for (const { title } of documents) postings += new Set(analyzer.analyze(title).map(({ term }) => term)).size;
  return postings;
}

/** Undefined for an engine that did not come through all queries. */
function meanNdcg(record: EngineRecord, { queries, qrels }: JudgedQueries): number | undefined {
  if (record.answers[10].length < queries.length) return undefined;
  const gains = queries.flatMap(({ id }, i) => {
    const judgements = qrels.get(id);
    return judgements === undefined ? [] : [ndcg(record.answers[10][i], judgements, 10, 1)];
  });
  return gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
}

type Measured = LexicalRow & { readonly summaries: readonly Summary[]; readonly ratio?: number };

function rowOf(
  record: EngineRecord,
  ours: EngineRecord,
  collection: Collection,
  postings: number,
  validation?: JudgedQueries,
): Measured {
  const top10 = queryTimes(record.rounds[10]);
  const top100 = queryTimes(record.rounds[100]);
  const shared = overlap(ours.answers[10], record.answers[10], 10);
  if (collection.judged && shared < leastOverlap)
    throw new TandemError(
      'bench/wrong-answer',
      `${record.name} shares ${shared.toFixed(2)} of the first ten with ${ours.name}, less than ${leastOverlap}`,
    );
  const summary = (depth: 10 | 100, { p50Ms, p99Ms }: typeof top10): Summary => ({
    name: `${record.name} top-${depth} @${collection.size}`,
    samples: record.rounds[depth].reduce((sum, round) => sum + round.length, 0),
    p50Ms,
    p99Ms,
    minMs: Math.min(...record.rounds[depth].map(round => Math.min(...round))) / 1000,
  });
  return {
    engine: record.name,
    collection: collection.name,
    documents: collection.size,
    documentsPerSecond: collection.size / record.indexSeconds,
    indexBytes: record.indexBytes,
    bytesPerPosting: record.indexBytes / postings,
    residentMiB: record.residentMiB,
    top10,
    top100,
    overlap: shared,
    ndcg: collection.judged && validation ? meanNdcg(record, validation) : undefined,
    summaries: [summary(10, top10), summary(100, top100)],
    ratio: record === ours ? undefined : speedRatio(ours, record, 10),
  };
}

/**
 * The token index beside its peers, each in a process of its own with its own English analysis, over the titles of the data and over
 * larger collections made of them (corpus.ts); the queries are those of the data's validation split, any of whose terms may match.
 * The first engine that is there is the one that the others are compared with.
 * @throws TandemError 'usage/missing-option' | 'bench/wrong-answer' | 'evaluation/no-queries' | as `readPrepared`
 */
export async function lexical({ without, data: given, sizes = defaultSizes }: BenchOptions): Promise<BenchReport> {
  const data = await readPrepared(preparedFolder('lexical', given));
  const validation = data.validation && inRandomOrder(data.validation);
  const queries = validation?.queries.map(({ text }) => text) ?? [];
  if (queries.length === 0) throw new TandemError('evaluation/no-queries', `${data.folder}: no validation queries`);
  const folder = await mkdtemp(join(tmpdir(), 'tandem-bench-'));
  const measured: Measured[] = [];
  const missing = [...without].map(name => `${name}: left out by --without`);
  const versions: Record<string, string> = {};
  const files = { documents: join(folder, 'documents.jsonl'), queries: join(folder, 'queries.jsonl') };
  try {
    await writeLines(files.queries, queries);
    for (const [i, collection] of collections(data, sizes).entries()) {
      await writeLines(files.documents, collection.documents());
      const place = join(folder, `${i}`);
      await mkdir(place);
      const present = engines.filter(({ name }) => !without.has(name));
      const options = {
        files,
        size: collection.size,
        folder: place,
        bm25,
        warmUp,
        rounds,
        slowRounds,
        budget,
        queries: queries.length,
        say,
      };
      const turns = await takeTurns(present, options);
      missing.push(...turns.missing);
      const postings = countPostings(collection.documents());
      const [ours] = turns.records;
      for (const record of turns.records) {
        versions[record.name] = record.version;
        measured.push(rowOf(record, ours, collection, postings, validation));
      }
      await rm(place, { recursive: true });
    }
    return report(measured, versions, queries.length, missing);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** So that the first queries, which are all that a slow engine answers, are a fair sample. */
function inRandomOrder({ queries, qrels }: JudgedQueries): JudgedQueries {
  const order = shuffle(
    queries.map((_, i) => i),
    seededRandom(seed),
  );
  return { queries: order.map(i => queries[i]), qrels };
}

const say = (line: string): boolean => process.stderr.write(`${line}\n`);

function report(
  rows: readonly Measured[],
  versions: Record<string, string>,
  queries: number,
  missing: readonly string[],
): BenchReport {
  const ascending = [...rows].sort((a, b) => a.documents - b.documents);
  return {
    bench: 'lexical',
    header: describeMachine(versions, {
      queries,
      rounds,
      'seconds a pass at most': budget,
      'MiB of unpacked lists at most': cacheMiB,
      ...bm25,
    }),
    results: rows.flatMap(({ summaries }) => summaries),
    // The last of a name stays: the largest collection that the peer was measured on.
    ratio: Object.fromEntries(ascending.flatMap(({ engine, ratio }) => (ratio === undefined ? [] : [[engine, ratio]]))),
    quality: Object.fromEntries(
      rows.flatMap(({ engine, documents, overlap: shared, ndcg: gain }) => [
        [`${engine} overlap@10 @${documents}`, shared],
        ...(gain === undefined ? [] : [[`${engine} nDCG@10 @${documents}`, gain]]),
      ]),
    ),
    missing,
    table: lexicalTable(rows),
  };
}
