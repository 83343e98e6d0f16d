import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openSearch } from '../src/api/indexes/open-search.js';
import { findWeight } from '../src/api/indexes/tune-weight.js';
import { readJudged } from '../src/api/project/read-rows.js';
import { watchOf } from '../src/api/watch.js';
import { tandemVersion } from '../src/config/version.js';
import { TandemError } from '../src/errors/tandem-error.js';
import { ndcg } from '../src/evaluation/metrics.js';
import { type CachedQuery, meanOf, sweepWeights, tunedDepth } from '../src/evaluation/tune-fusion.js';
import type { Candidate } from '../src/ranking/candidate.js';
import { candidateTable } from '../src/ranking/candidate-table.js';
import { reciprocalRankFusion } from '../src/ranking/fusion.js';
import { rankCandidates } from '../src/ranking/ranker.js';
import { weightSteps } from '../src/search/fusion-prior.js';
import { completedTable, rankCompleted } from './completed-fusion.js';
import { type Bench, describeMachine } from './frame.js';

/** One index measured on judged queries that it was not tuned on. */
interface WeighedSet {
  readonly name: string;
  readonly queries: number;
  /** nDCG@10 of each side by itself */
  readonly tokens: number;
  readonly vectors: number;
  /** nDCG@10 of reciprocal rank fusion, which knows no weight */
  readonly rrf: number;
  /** nDCG@10 at the chosen weight where a side that did not find a candidate scores it all the same */
  readonly completed: number;
  /** nDCG@10 of the hybrid and of its condensed lists, by weight in steps of 1 / weightSteps */
  readonly plain: readonly number[];
  readonly condensed: readonly number[];
  /** the weight that `tandem index` gives it by itself */
  readonly chosen: number;
}

const quiet = { progress: () => ({ update: () => undefined, note: () => undefined, finish: () => undefined }) };

/** @param folder  with `index`, and `queries.jsonl` and `qrels.trec` to measure on */
async function weighSet(folder: string, name: string): Promise<WeighedSet> {
  const index = join(folder, 'index');
  const { queries, qrels } = await readJudged(
    { queries: join(folder, 'queries.jsonl'), qrels: join(folder, 'qrels.trec') },
    watchOf(),
  );
  const { weight: chosen } = await findWeight(index, undefined, quiet);
  const search = await openSearch(index);
  const cached: CachedQuery[] = [];
  const completed: number[] = [];
  try {
    for (const { id, text, country, language } of queries) {
      const judgements = qrels.get(id);
      if (judgements === undefined) continue;
      const request = { text, country, language, k: tunedDepth, mode: 'hybrid' } as const;
      const retrieved = await search.index.retrieve(request);
      const { token, vector, coverage } = retrieved;
      const ranked = rankCompleted(completedTable(search.index, retrieved), retrieved, chosen);
      completed.push(ndcg(ranked, judgements, tunedDepth, 1));
      cached.push({ token, vector, coverage, judgements });
    }
  } finally {
    await search.close();
  }
  const points = sweepWeights(cached);
  const meanOver = (ranked: (query: CachedQuery) => readonly Candidate[]): number =>
    meanOf(
      cached.map(query =>
        ndcg(
          ranked(query).map(({ id }) => id),
          query.judgements,
          tunedDepth,
          1,
        ),
      ),
    );
  process.stderr.write(`${name}: ${cached.length} queries\n`);
  return {
    name,
    queries: cached.length,
    tokens: meanOver(({ token }) => token),
    vectors: meanOver(({ vector }) => vector),
    completed: meanOf(completed),
    rrf: meanOver(query => rankCandidates(reciprocalRankFusion(query.token.length), candidateTable(query))),
    plain: points.map(({ plain }) => meanOf(plain)),
    condensed: points.map(({ condensed }) => meanOf(condensed)),
    chosen,
  };
}

const shownWeights = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
const at = (values: readonly number[], weight: number): number => values[Math.round(weight * weightSteps)];
const signed = (value: number): string => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(4)}`;

const columns = [
  { name: 'set' },
  ...[
    'queries',
    'tokens',
    'vectors',
    'rrf',
    ...shownWeights.map(String),
    'chosen',
    'hybrid',
    'completed',
    'to best',
    'to tokens',
    'condensed',
    'to tokens',
  ].map(name => ({ name, numeric: true })),
];

function rowOf({ name, queries, tokens, vectors, rrf, completed, plain, condensed, chosen }: WeighedSet): string[] {
  const hybrid = at(plain, chosen);
  return [
    name,
    `${queries}`,
    tokens.toFixed(4),
    vectors.toFixed(4),
    rrf.toFixed(4),
    ...shownWeights.map(weight => at(plain, weight).toFixed(4)),
    `${chosen}`,
    hybrid.toFixed(4),
    completed.toFixed(4),
    signed(hybrid - Math.max(...plain)),
    signed(hybrid - tokens),
    at(condensed, chosen).toFixed(4),
    signed(at(condensed, chosen) - condensed[0]),
  ];
}

/**
 * What the hybrid comes to at every weight of the vector side, and at the one that `tandem index` chooses by itself.
 * `--data DIR` names a folder of sets: `DIR/NAME/index`, made with a model, and `queries.jsonl` and `qrels.trec` beside it.
 */
export const fusionWeights: Bench = async ({ data }) => {
  if (data === undefined)
    throw new TandemError(
      'usage/missing-option',
      'bench: --data is missing: a folder of sets, each an index, queries.jsonl and qrels.trec',
    );
  const sets: WeighedSet[] = [];
  for (const name of (await readdir(data)).sort()) {
    const folder = join(data, name);
    if ((await stat(folder)).isDirectory()) sets.push(await weighSet(folder, name));
  }
  const gains = sets.map(({ plain, chosen, tokens }) => at(plain, chosen) - tokens);
  return {
    bench: 'fusion-weights',
    header: describeMachine({ tandem: tandemVersion() }, { sets: sets.length }),
    results: [],
    ratio: {},
    quality: {
      ...Object.fromEntries(sets.map(({ name, plain, chosen }) => [name, at(plain, chosen)])),
      'least to tokens': Math.min(...gains),
      'mean to tokens': meanOf(gains),
    },
    missing: [],
    table: { columns, rows: sets.map(rowOf) },
  };
};
