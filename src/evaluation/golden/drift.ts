import type { Candidate } from '../../ranking/candidate.js';
import { meanOf } from '../tune-fusion.js';
import { overlap, rankBiasedOverlap } from './agreement.js';
import { type GoldenQuery, notedHits } from './golden-file.js';

/** How the hits of a query changed since they were noted. */
export interface DriftedQuery {
  readonly query: GoldenQuery;
  readonly overlap: number;
  readonly rbo: number;
  /** ids that were not among the noted ones, best first, and those that are no more */
  readonly came: readonly string[];
  readonly went: readonly string[];
}

/** How the results of a golden set changed since they were noted. */
export interface Drift {
  /** queries whose results were noted */
  readonly queries: number;
  /** means, [0, 1] */
  readonly overlap: number;
  readonly rbo: number;
  /** queries with another document among their first hits, and those with the same ones in another order */
  readonly changed: number;
  readonly reordered: number;
  /** all queries whose hits are not the same, those that changed most first */
  readonly most: readonly DriftedQuery[];
}

/**
 * @param now  first hits by query id
 * @returns undefined where no results are noted
 */
export function driftOf(
  queries: readonly GoldenQuery[],
  now: ReadonlyMap<string, readonly Candidate[]>,
): Drift | undefined {
  const drifted = queries.flatMap((query): DriftedQuery[] => {
    if (query.results === undefined) return [];
    const before = query.results.map(({ id }) => id);
    const after = (now.get(query.id) ?? []).map(({ id }) => id);
    return [
      {
        query,
        overlap: overlap(before, after, notedHits),
        rbo: rankBiasedOverlap(before, after, notedHits),
        came: after.filter(id => !before.includes(id)),
        went: before.filter(id => !after.includes(id)),
      },
    ];
  });
  if (drifted.length === 0) return undefined;
  const isSame = ({ rbo, came, went }: DriftedQuery): boolean => came.length + went.length === 0 && rbo > 1 - 1e-9;
  const moved = drifted.filter(query => !isSame(query));
  const changed = moved.filter(({ came, went }) => came.length + went.length > 0);
  return {
    queries: drifted.length,
    overlap: meanOf(drifted.map(query => query.overlap)),
    rbo: meanOf(drifted.map(query => query.rbo)),
    changed: changed.length,
    reordered: moved.length - changed.length,
    most: moved.sort((a, b) => a.overlap - b.overlap || a.rbo - b.rbo || (a.query.id < b.query.id ? -1 : 1)),
  };
}
