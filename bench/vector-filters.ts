import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tandemVersion } from '../src/config/version.js';
import { type BitSet, countBits, hasBit } from '../src/math/bit-set.js';
import { innerProduct } from '../src/vector/cosine.js';
import { createQuantizedIndex } from '../src/vector/quantized-index.js';
import { createTopK } from '../src/vector/top-k.js';
import { type BenchOptions, type BenchReport, describeMachine } from './frame.js';
import { quantile } from './measure.js';
import { acceptedRows, type Correlation, correlations, filterMaker } from './vectors/filters.js';
import { startGraphPeer, writeSet } from './vectors/graph-peer.js';
import { type EmbeddingSet, madeSet, setOfIndex } from './vectors/rows.js';

const k = 10;
const m = 16;
const efConstruction = 200;
/** Breadth of the walks, and hits that a search asks of the vectors. */
const ef = 100;
const shares = [0.5, 0.1, 0.01, 0.001];
const mostQueries = 200;
const rounds = 5;
const madeDocuments = 20_000;
const seed = 1;

/** Filters of one kind, one for each query. */
interface Case {
  readonly correlation: Correlation | 'all';
  readonly share: number;
  readonly filters: readonly BitSet[];
  /** score of the last that is to be found, and how many are, by query */
  readonly least: readonly { readonly score: number; readonly wanted: number }[];
}

const say = (line: string): boolean => process.stderr.write(`${line}\n`);

function thinned(set: EmbeddingSet): EmbeddingSet {
  const { width, queries } = set;
  const count = queries.length / width;
  const taken = Math.min(count, mostQueries);
  const some = new Float32Array(taken * width);
  for (let i = 0; i < taken; i++) {
    const row = Math.floor((i * count) / taken);
    some.set(queries.subarray(row * width, (row + 1) * width), i * width);
  }
  return { ...set, queries: some };
}

function casesOf(set: EmbeddingSet, asked: readonly Float32Array[]): Case[] {
  const { width, documents } = set;
  const count = documents.length / width;
  const maker = filterMaker(set, seed);
  const kinds: readonly (Pick<Case, 'correlation' | 'share'> & {
    filters: BitSet[];
    least: Case['least'][number][];
  })[] = [
    { correlation: 'all', share: 1, filters: [], least: [] },
    ...correlations.flatMap(correlation =>
      shares.map(share => ({ correlation, share, filters: [] as BitSet[], least: [] as Case['least'][number][] })),
    ),
  ];
  for (const query of asked) {
    const scores = Float32Array.from({ length: count }, (_, row) => innerProduct(query, documents, row));
    for (const { correlation, share, filters, least } of kinds) {
      const bits = correlation === 'all' ? maker.make('none', 1, scores) : maker.make(correlation, share, scores);
      const best = createTopK(k, (a, b) => a < b);
      for (let row = 0; row < count; row++) if (hasBit(bits, row)) best.offer(row, scores[row]);
      const exact = best.take();
      filters.push(bits);
      least.push({ score: exact.at(-1)?.score ?? 0, wanted: exact.length });
    }
  }
  return [...kinds];
}

/** What one contestant came to in one case. */
interface Outcome {
  readonly name: string;
  readonly of: Case;
  recall: number;
  /** of processor time, by round */
  readonly seconds: number[];
}

const outcomeOf = (name: string, of: Case): Outcome => ({ name, of, recall: 0, seconds: [] });

/**
 * Searches of vectors among documents that a filter accepts: recall@10 and milliseconds of processor time, one thread, beside searches without a filter. Every query has a filter of its own: by
 * chance, for what is near to the query, or for what is far from it.
 * @param options.data  as that of the bench `vectors`
 */
export async function vectorFilters({ data, sizes = [madeDocuments], without }: BenchOptions): Promise<BenchReport> {
  const set = thinned(data === undefined ? madeSet(sizes[0], seed) : await setOfIndex(data));
  const { width, documents, queries } = set;
  const count = documents.length / width;
  const asked = Array.from({ length: queries.length / width }, (_, i) => queries.subarray(i * width, (i + 1) * width));
  const folder = await mkdtemp(join(tmpdir(), 'tandem-bench-'));
  const versions: Record<string, string> = { tandem: tandemVersion() };
  await writeSet(set, folder);
  const peer = without.has('faiss') ? { missing: 'left out by --without' } : await startGraphPeer('faiss', folder);
  try {
    const index = createQuantizedIndex(width, { m, efConstruction, ef });
    index.add(
      Array.from({ length: count }, (_, row) => String(row)),
      documents,
    );
    say('int4-hnsw built');
    if (!('missing' in peer)) {
      versions.faiss = peer.version;
      await peer.build(m, efConstruction, 1);
      say('faiss built');
    }
    const cases = casesOf(set, asked);
    say('filters made');
    const accepted = acceptedRows(count);
    const recallOf = (found: readonly (readonly number[])[], { least }: Case): number => {
      const shares = found.map((rows, q) => {
        const { score, wanted } = least[q];
        const near = rows.filter(row => row >= 0 && innerProduct(asked[q], documents, row) >= score - 1e-6);
        return Math.min(near.length, wanted) / wanted;
      });
      return shares.reduce((sum, share) => sum + share, 0) / shares.length;
    };
    const firstRows = (hits: readonly { readonly id: string }[]): number[] =>
      hits.slice(0, k).map(({ id }) => Number(id));
    const outcomes: Outcome[] = [];
    for (const each of cases) {
      const own = outcomeOf('int4-hnsw', each);
      for (let round = 0; round < rounds; round++) {
        // made anew in each round, so that nothing is known of them but what a list of documents keeps
        const sets = each.filters.map(bits => accepted(bits, countBits(bits)));
        const before = process.cpuUsage();
        const found = asked.map((query, q) =>
          index.search(query, ef, each.correlation === 'all' ? { ef } : { ef, among: sets[q] }),
        );
        const { user, system } = process.cpuUsage(before);
        own.seconds.push((user + system) / 1e6);
        own.recall = recallOf(found.map(firstRows), each);
      }
      outcomes.push(own);
      if ('missing' in peer) continue;
      const its = outcomeOf('faiss', each);
      const bits = new Uint32Array(asked.length * each.filters[0].length);
      for (const [q, filter] of each.filters.entries()) bits.set(filter, q * filter.length);
      for (let round = 0; round < rounds; round++) {
        const { cpuSeconds, found } =
          each.correlation === 'all' ? await peer.search(ef, k) : await peer.searchAmong(ef, k, bits);
        its.seconds.push(cpuSeconds);
        its.recall = recallOf(found, each);
      }
      outcomes.push(its);
      say(`${each.correlation} ${each.share}: ${own.recall.toFixed(4)}, faiss ${its.recall.toFixed(4)}`);
    }
    if (!('missing' in peer)) await peer.close();
    return report(set, outcomes, versions, 'missing' in peer ? [`faiss: ${peer.missing}`] : []);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function report(
  { width, documents, queries }: EmbeddingSet,
  outcomes: readonly Outcome[],
  versions: Record<string, string>,
  missing: readonly string[],
): BenchReport {
  const count = queries.length / width;
  const msOf = ({ seconds }: Outcome): number => (1000 * Math.min(...seconds)) / count;
  const unfiltered = (name: string): number =>
    msOf(outcomes.find(each => each.name === name && each.of.correlation === 'all') ?? outcomes[0]);
  const labelOf = ({ name, of }: Outcome): string =>
    of.correlation === 'all' ? `${name}, no filter` : `${name}, ${of.correlation} ${100 * of.share} %`;
  return {
    bench: 'vector-filters',
    header: describeMachine(versions, {
      documents: documents.length / width,
      width,
      queries: count,
      k,
      ef,
      m,
      efConstruction,
      threads: 1,
    }),
    results: outcomes.map(each => {
      const ms = each.seconds.map(seconds => (1000 * seconds) / count);
      const [p50Ms, p99Ms] = [quantile(ms, 0.5), quantile(ms, 0.99)];
      return { name: labelOf(each), samples: ms.length, p50Ms, p99Ms, minMs: Math.min(...ms) };
    }),
    ratio: {},
    quality: Object.fromEntries(outcomes.map(each => [`${labelOf(each)}: recall@${k}`, each.recall])),
    missing,
    table: {
      columns: [
        { name: '' },
        { name: 'correlation' },
        ...['accepted', `recall@${k}`, 'CPU ms', 'to no filter'].map(name => ({ name, numeric: true })),
      ],
      rows: outcomes.map(each => [
        each.name,
        each.of.correlation === 'all' ? '' : each.of.correlation,
        each.of.correlation === 'all' ? 'all' : `${100 * each.of.share} %`,
        each.recall.toFixed(4),
        msOf(each).toFixed(3),
        (msOf(each) / unfiltered(each.name)).toFixed(2),
      ]),
    },
  };
}
