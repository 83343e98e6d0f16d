import type { Random } from '../../src/math/random.js';
import { quantile } from '../measure.js';

/** Times of one shard, milliseconds. */
export interface ShardTimes {
  readonly p50: number;
  readonly p99: number;
}

export interface FanOut {
  readonly shards: number;
  /** of a search that waits for all of them, milliseconds */
  readonly p50: number;
  readonly p99: number;
  /** the same where a shard that is late is asked at a replica too */
  readonly hedgedP99: number;
  /** requests beside one for each shard, as a share of these */
  readonly asked: number;
}

/** z of the 95th and of the 99th percentile of a standard normal. */
const z95 = 1.6449;
const z99 = 2.3263;

/**
 * Searches that wait for the slowest of their shards, each of which takes a time of its own, log-normal with the given quantiles. A shard that has not answered by its 95th percentile is asked
 * again elsewhere, and the sooner answer counts (Dean & Barroso, The Tail at Scale, CACM 2013).
 */
export function simulateFanOut(shards: number, { p50, p99 }: ShardTimes, searches: number, random: Random): FanOut {
  const sigma = Math.log(p99 / p50) / z99;
  const draw = (): number => p50 * Math.exp(sigma * random.normal());
  const late = p50 * Math.exp(sigma * z95);
  const [slowest, hedged]: number[][] = [[], []];
  let again = 0;
  for (let search = 0; search < searches; search++) {
    let [longest, sooner] = [0, 0];
    for (let shard = 0; shard < shards; shard++) {
      const first = draw();
      if (first > late) again++;
      longest = Math.max(longest, first);
      sooner = Math.max(sooner, first > late ? Math.min(first, late + draw()) : first);
    }
    slowest.push(longest);
    hedged.push(sooner);
  }
  return {
    shards,
    p50: quantile(slowest, 0.5),
    p99: quantile(slowest, 0.99),
    hedgedP99: quantile(hedged, 0.99),
    asked: again / (searches * shards),
  };
}
