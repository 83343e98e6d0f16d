import { join } from 'node:path';
import { openSearch } from '../src/api/indexes/open-search.js';
import { readJudged } from '../src/api/project/read-rows.js';
import { watchOf } from '../src/api/watch.js';
import { tandemVersion } from '../src/config/version.js';
import { TandemError } from '../src/errors/tandem-error.js';
import { condense, ndcg } from '../src/evaluation/metrics.js';
import { meanOf } from '../src/evaluation/tune-fusion.js';
import type { SearchRequest } from '../src/search/request.js';
import { type Bench, describeMachine } from './frame.js';
import { quantile } from './measure.js';

const k = 10;

/** Ways to ask the same; one behind the other for each query, so that whatever slows the machine slows all. */
const ways: Readonly<Record<string, Partial<SearchRequest>>> = {
  token: { mode: 'token' },
  vector: { mode: 'vector' },
  hybrid: { mode: 'hybrid', ranker: false },
  ranked: { mode: 'hybrid' },
};

/**
 * What a ranker costs, and what it is worth: the first ten hits of judged queries in each way. Queries are embedded beforehand, so that the embedding, which all but
 * tokens need, counts for none.
 * @param data  folder with `index`, which has a ranker, `queries.jsonl` and `qrels.trec`
 */
export const rankingLatency: Bench = async ({ data }) => {
  if (data === undefined)
    throw new TandemError(
      'usage/missing-option',
      'bench: ranking-latency wants --data DIR with index, queries.jsonl and qrels.trec',
    );
  const { queries, qrels } = await readJudged(
    { queries: join(data, 'queries.jsonl'), qrels: join(data, 'qrels.trec') },
    watchOf(),
  );
  const { index, close } = await openSearch(join(data, 'index'));
  try {
    if (index.manifest.ranker === undefined)
      throw new TandemError('ranker/not-found', `${data}: its index has no ranker: tandem rank set`);
    const names = Object.keys(ways);
    const times = new Map(names.map(name => [name, [] as number[]]));
    const figures = new Map(names.map(name => [name, { plain: [] as number[], condensed: [] as number[] }]));
    const judged = queries.filter(({ id }) => qrels.has(id));
    for (const round of [0, 1])
      for (const { id, text, country, language } of judged)
        for (const name of names) {
          const started = performance.now();
          const { hits } = await index.search({ text, country, language, k: round === 0 ? 100 : k, ...ways[name] });
          if (round === 1) times.get(name)?.push(performance.now() - started);
          const ranked = hits.map(hit => hit.id);
          const judgements = qrels.get(id) ?? new Map();
          // the first round warms up, and is as deep as condensed lists need
          if (round === 1) continue;
          figures.get(name)?.plain.push(ndcg(ranked, judgements, k, 1));
          figures.get(name)?.condensed.push(ndcg(condense(ranked, judgements), judgements, k, 1));
        }
    const rows = names.map(name => {
      const of = times.get(name) ?? [];
      const { plain, condensed } = figures.get(name) ?? { plain: [], condensed: [] };
      return [
        name,
        ...[0.5, 0.99].map(q => quantile(of, q).toFixed(3)),
        ...[plain, condensed].map(values => meanOf(values).toFixed(4)),
      ];
    });
    const p50 = (name: string): number => quantile(times.get(name) ?? [], 0.5);
    return {
      bench: 'ranking-latency',
      header: describeMachine(
        { tandem: tandemVersion() },
        { documents: await index.count(), queries: judged.length, candidates: index.manifest.indexing.candidates },
      ),
      results: [],
      ratio: { hybrid: p50('hybrid') / p50('ranked') },
      quality: Object.fromEntries(names.map(name => [name, meanOf(figures.get(name)?.plain ?? [])])),
      missing: [],
      table: {
        columns: [
          { name: 'asked' },
          { name: 'p50 ms', numeric: true },
          { name: 'p99 ms', numeric: true },
          { name: 'nDCG@10', numeric: true },
          { name: 'condensed', numeric: true },
        ],
        rows,
      },
    };
  } finally {
    await close();
  }
};
