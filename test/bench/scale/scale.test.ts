import { describe, expect, it } from 'vitest';
import { assumed, clusterFor, fleetFor, measured } from '../../../bench/scale/capacity.js';
import { simulateFanOut } from '../../../bench/scale/fan-out.js';
import { leastOfShard, recallOfCut } from '../../../bench/scale/shard-cut.js';
import { splitTokens, splitVectors, tokensOf } from '../../../bench/scale/split-sets.js';
import { madeSet } from '../../../bench/vectors/rows.js';
import { seededRandom } from '../../../src/math/random.js';

/** Of a standard normal (Abramowitz & Stegun 7.1.26, error below 1.5e-7). */
function normalCdf(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const upper = (series * Math.exp(-x * x)) / 2;
  return z < 0 ? upper : 1 - upper;
}

describe('waiting for all shards', () => {
  const times = { p50: 4, p99: 16 };
  const sigma = Math.log(4) / 2.3263;
  const cdf = (ms: number): number => normalCdf(Math.log(ms / times.p50) / sigma);

  it.each([1, 10, 100])('has the quantiles of the slowest of %d', shards => {
    // the slowest of n is below x with the chance F(x)^n
    const { p50, p99 } = simulateFanOut(shards, times, 4_000, seededRandom(1));
    expect(cdf(p50) ** shards).toBeCloseTo(0.5, 1);
    expect(Math.abs(cdf(p99) ** shards - 0.99)).toBeLessThan(0.006);
  });

  it('asks a twentieth again, and is shorter for it', () => {
    const { p99, hedgedP99, asked } = simulateFanOut(50, times, 2_000, seededRandom(2));
    expect(asked).toBeCloseTo(0.05, 2);
    expect(hedgedP99).toBeLessThan(p99);
  });

  it('is the same again with the same seed', () => {
    const one = () => simulateFanOut(7, times, 100, seededRandom(3));
    expect(one()).toEqual(one());
  });
});

describe('hits that each shard must give', () => {
  it('is worked out for two hits in two shards', () => {
    // both fall to one shard in half of the cases: then one hit of each finds one of two
    expect(recallOfCut(2, 2, 1)).toBeCloseTo(0.75, 12);
    expect(recallOfCut(2, 2, 2)).toBeCloseTo(1, 12);
    expect(recallOfCut(10, 1, 4)).toBeCloseTo(0.4, 12);
    expect([leastOfShard(2, 2, 0.75), leastOfShard(2, 2, 0.76), leastOfShard(10, 1, 0.999)]).toEqual([1, 2, 10]);
  });

  it('is what throwing hits into shards comes to', () => {
    const random = seededRandom(4);
    const [k, shards, each, times] = [100, 10, 12, 4_000];
    let found = 0;
    for (let i = 0; i < times; i++) {
      const counts = new Int32Array(shards);
      for (let hit = 0; hit < k; hit++) counts[random.below(shards)]++;
      found += counts.reduce((sum, count) => sum + Math.min(count, each), 0);
    }
    expect(found / (k * times)).toBeCloseTo(recallOfCut(k, shards, each), 2);
  });
});

describe('sets in shards', () => {
  it('find the same in one shard as whole', () => {
    const titles = Array.from(
      { length: 60 },
      (_, i) => `${i % 7 === 0 ? 'red ' : ''}hose ${i % 5} of ${i % 11} metres`,
    );
    const whole = tokensOf(titles);
    const texts = ['red hose', 'hose 3', 'metres'];
    expect(splitTokens(titles, texts, 1, 10, whole)).toEqual({ overlap: 1, scoreDifference: 0 });
    // a word is rarer in one shard than in another
    const three = splitTokens(titles, texts, 3, 10, whole);
    expect(three.scoreDifference).toBeGreaterThan(0);
    expect(three.overlap).toBeGreaterThan(0.3);
  });

  it('find all neighbours where each shard is walked whole', () => {
    const set = madeSet(300, 5);
    const some = { ...set, queries: set.queries.subarray(0, 10 * set.width) };
    expect(splitVectors(some, 3, 10)).toEqual({ recall: 1, recallOfShare: expect.any(Number) });
  });
});

describe('capacity', () => {
  it('is in proportion to what was measured', () => {
    // 10,600 bytes x 10^8 = 1.06 TB a copy: 36 shards of 30 GB; 512 float32 of two copies are 410 GB: 13 nodes of 32 GB for vectors
    const hundred = clusterFor(1e8, 512, 'float32');
    expect(hundred).toMatchObject({ shards: 36, diskBytes: 2.12e12, vectorBytes: 409.6e9, nodes: 13, bound: 'memory' });
    // 13 nodes of 8 cores at 36 $, and 2,120 GB at .08 $
    expect(hundred.month).toBeCloseTo(13 * 8 * 36 + 169.6, 6);
    expect(clusterFor(1e8, 512, 'codes of 4 bits')).toMatchObject({ nodes: 2, bound: 'copies', vectorBytes: 51.2e9 });
    expect(clusterFor(1e6, 512, 'float32')).toMatchObject({ shards: 1, nodes: assumed.copies, bound: 'copies' });
    // a row of 128 numbers has 4 x 384 bytes less
    expect(clusterFor(1e10, 128, 'codes of 4 bits').diskBytes).toBe(2e10 * (10_600 - 1_536));
    expect(fleetFor(3.6e6, 0.01)).toEqual({ coreHours: 10, coresForADay: 1, cost: 10 * assumed.spotCoreHour });
    expect(measured.folderBytes).toBe(2_698);
  });
});
