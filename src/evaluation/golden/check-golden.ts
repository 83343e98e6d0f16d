import type { Candidate } from '../../ranking/candidate.js';
import type { QueryEmbedder } from '../../search/backend.js';
import { mostHits } from '../../search/request.js';
import type { SearchSettings } from '../../search/search-settings.js';
import type { Qrels } from '../trec.js';
import { type Drift, driftOf } from './drift.js';
import { exactNeighbours } from './exact-neighbours.js';
import type { GoldenQuery } from './golden-file.js';
import type { GoldenIndex } from './golden-index.js';
import { firstHits, measurePoints, type Point } from './measure-points.js';
import { type DeeperWalk, deeperRank, measureDeeper, measureWalks, type Walk } from './walks.js';

/** A golden set asked of an index as it is. */
export interface CheckedGolden {
  readonly settings: SearchSettings;
  readonly queries: number;
  /** recall that is wanted */
  readonly wanted: number;
  /** absent where vectors are searched exactly, or there are none; without deeper pages where these go as deep as they can anyway */
  readonly recall?: { readonly walk: Walk; readonly deeper?: DeeperWalk };
  /** first pages, beside those of the broadest walk; absent without vectors */
  readonly first?: Point;
  /** absent where no results are noted */
  readonly drift?: Drift;
  /** what fell under the recall that is wanted, in words; empty where nothing did */
  readonly fell: readonly string[];
}

export interface CheckOptions {
  readonly queries: readonly GoldenQuery[];
  readonly qrels?: Qrels;
  /** that of the last tuning when absent, .98 where there was none */
  readonly wanted?: number;
  /** @param done  of the queries */
  readonly onProgress?: (done: number) => void;
}

export const usualRecall = 0.98;

/** Measures again what the settings were chosen by, and how the results changed since they were noted. @throws TandemError as `search` */
export async function checkGolden(
  index: GoldenIndex,
  embedder: Pick<QueryEmbedder, 'embedQuery'> | undefined,
  { queries, qrels, wanted: given, onProgress }: CheckOptions,
): Promise<CheckedGolden> {
  const { settings } = index;
  const wanted = given ?? index.wanted ?? usualRecall;
  const now = new Map<string, readonly Candidate[]>();
  for (const query of queries) {
    now.set(query.id, (await firstHits(index, query)).hits);
    onProgress?.(now.size);
  }
  const drift = driftOf(queries, now);
  const about = { settings, queries: queries.length, wanted, ...(drift && { drift }) };
  if (embedder === undefined) return { ...about, fell: [] };
  const wide = { ...settings, ef: Math.max(mostHits, settings.ef) };
  const [first] = await measurePoints(index, queries, [settings, wide], { qrels, rounds: 1 });
  const recall = index.graph ? await recallNow(index, embedder, queries, settings) : undefined;
  const fell = recall === undefined ? [] : below(recall, wanted);
  return { ...about, first, ...(recall && { recall }), fell };
}

async function recallNow(
  index: GoldenIndex,
  embedder: Pick<QueryEmbedder, 'embedQuery'>,
  queries: readonly GoldenQuery[],
  settings: SearchSettings,
): Promise<CheckedGolden['recall']> {
  const probes = await exactNeighbours(index, embedder, queries, deeperRank(settings.candidates));
  if (probes.length === 0) return undefined;
  const [walk] = await measureWalks(index, probes, [settings.ef]);
  if (!index.setsDepth) return { walk };
  const [deeper] = await measureDeeper(index, probes, [settings], 1);
  return { walk, deeper };
}

function below({ walk, deeper }: NonNullable<CheckedGolden['recall']>, wanted: number): string[] {
  const figures = [
    ['recall@10', walk.recall10] as const,
    ...(deeper === undefined ? [] : [[`recall@${deeper.rank} of deeper pages`, deeper.recall] as const]),
  ];
  return figures.flatMap(([name, recall]) => (recall < wanted ? [`${name} is ${recall.toFixed(4)}`] : []));
}
