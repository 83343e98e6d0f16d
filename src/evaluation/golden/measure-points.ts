import type { Candidate } from '../../ranking/candidate.js';
import type { SearchSettings } from '../../search/search-settings.js';
import { ndcg } from '../metrics.js';
import type { Qrels } from '../trec.js';
import { meanOf } from '../tune-fusion.js';
import { overlap, rankBiasedOverlap } from './agreement.js';
import { type GoldenQuery, notedHits } from './golden-file.js';
import type { GoldenIndex, SearchedBy } from './golden-index.js';
import { percentile, turns } from './timing.js';

/** First pages at settings. */
export interface Point {
  readonly settings: SearchSettings;
  /** agreement of the first 10 hits with those of the last point, the broadest one; means over the queries, [0, 1] */
  readonly overlap: number;
  readonly rbo: number;
  /** nDCG@10 of each judged query, in the order of the queries */
  readonly ndcg: readonly number[];
  /** milliseconds of a search without the embedding of its query; of each query the median of several rounds */
  readonly p50: number;
  readonly p99: number;
  /** the same of the vector side by itself, median over the queries */
  readonly vectorP50: number;
}

/** Mean of the judged queries; undefined where none is. */
export const ndcgOf = ({ ndcg: figures }: Point): number | undefined =>
  figures.length === 0 ? undefined : meanOf(figures);

export interface PointOptions {
  readonly qrels?: Qrels;
  /** times that each query is asked at each point */
  readonly rounds: number;
  /** @param done  searches */
  readonly onProgress?: (done: number) => void;
}

interface Asked {
  readonly hits: readonly Candidate[];
  readonly total: number[];
  readonly vector: number[];
}

/** The first hits of a query. */
export async function firstHits(
  index: Pick<SearchedBy, 'search'>,
  { text, country, language }: GoldenQuery,
): Promise<{ readonly hits: readonly Candidate[]; readonly took: Readonly<Record<string, number>> }> {
  const { hits, took } = await index.search({ text, country, language, k: notedHits });
  return { hits: hits.map(({ id, score }) => ({ id, score })), took };
}

/**
 * Asks all queries at all settings. The settings take turns, so that whatever else the machine does is shared by all of them; at each turn all queries are asked, so
 * that none finds its own traces in the caches of the processor.
 * @param settings  the broadest last
 */
export async function measurePoints(
  index: Pick<GoldenIndex, 'retuned'>,
  queries: readonly GoldenQuery[],
  settings: readonly SearchSettings[],
  { qrels = new Map(), rounds, onProgress }: PointOptions,
): Promise<Point[]> {
  const searched = settings.map(one => index.retuned(one));
  const asked = settings.map(() => new Map<string, Asked>());
  let done = 0;
  for (const at of turns(settings.length, rounds)) {
    for (const query of queries) {
      const { hits, took } = await firstHits(searched[at], query);
      const known = asked[at].get(query.id) ?? { hits, total: [], vector: [] };
      known.total.push(took.total - (took.embed ?? 0));
      known.vector.push(took.vector ?? 0);
      asked[at].set(query.id, known);
      onProgress?.(++done);
    }
  }
  const broadest = asked[asked.length - 1];
  return settings.map((one, at) => pointOf(one, queries, asked[at], broadest, qrels));
}

function pointOf(
  settings: SearchSettings,
  queries: readonly GoldenQuery[],
  asked: ReadonlyMap<string, Asked>,
  broadest: ReadonlyMap<string, Asked>,
  qrels: Qrels,
): Point {
  const idsOf = (of: ReadonlyMap<string, Asked>, { id }: GoldenQuery): string[] =>
    (of.get(id)?.hits ?? []).map(hit => hit.id);
  const medians = (side: 'total' | 'vector'): number[] =>
    queries.map(({ id }) => percentile(asked.get(id)?.[side] ?? [], 0.5));
  const total = medians('total');
  return {
    settings,
    overlap: meanOf(queries.map(query => overlap(idsOf(asked, query), idsOf(broadest, query), notedHits))),
    rbo: meanOf(queries.map(query => rankBiasedOverlap(idsOf(asked, query), idsOf(broadest, query), notedHits))),
    ndcg: queries.flatMap(query => {
      const judgements = qrels.get(query.id);
      return judgements === undefined ? [] : [ndcg(idsOf(asked, query), judgements, notedHits, 1)];
    }),
    p50: percentile(total, 0.5),
    p99: percentile(total, 0.99),
    vectorP50: percentile(medians('vector'), 0.5),
  };
}
