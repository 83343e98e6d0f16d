import type { Depth, EngineRecord } from './lexical/turns.js';
import { quantile } from './measure.js';

/** Time of the queries of one depth. */
export interface QueryTimes {
  /** queries a second, one after the other: 1 / the mean time, median over the rounds */
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** queries of a pass; fewer than there are where the time was up */
  readonly queries: number;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** @param rounds  microseconds by round, by query */
export function queryTimes(rounds: readonly (readonly number[])[]): QueryTimes {
  const ms = rounds.flat().map(micros => micros / 1000);
  return {
    perSecond: quantile(
      rounds.map(round => 1e6 / mean(round)),
      0.5,
    ),
    p50Ms: quantile(ms, 0.5),
    p99Ms: quantile(ms, 0.99),
    queries: Math.min(...rounds.map(round => round.length)),
  };
}

/**
 * How many times as many queries a second ours answers: median over rounds of the peer's time over ours, each round over the queries
 * that both answered in it. Whoever is slow takes part in the first rounds alone.
 */
export function speedRatio(ours: EngineRecord, peer: EngineRecord, depth: Depth): number {
  const ratios = peer.rounds[depth].slice(0, ours.rounds[depth].length).map((other, i) => {
    const round = ours.rounds[depth][i];
    const common = Math.min(round.length, other.length);
    return mean(other.slice(0, common)) / mean(round.slice(0, common));
  });
  return quantile(ratios, 0.5);
}

/** Mean share of the first `depth` ids that two engines have in common, over the queries that both answered; 1 where both found none. */
export function overlap(
  ours: readonly (readonly string[])[],
  theirs: readonly (readonly string[])[],
  depth: number,
): number {
  const common = Math.min(ours.length, theirs.length);
  const shares = Array.from({ length: common }, (_, i) => {
    const wanted = new Set(ours[i].slice(0, depth));
    const found = theirs[i].slice(0, depth);
    const most = Math.max(wanted.size, found.length);
    return most === 0 ? 1 : found.filter(id => wanted.has(id)).length / most;
  });
  return mean(shares);
}
