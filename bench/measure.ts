import { setTimeout as pause } from 'node:timers/promises';
import { TandemError } from '../src/errors/tandem-error.js';

/** One timed piece of work and what came out of it. */
export interface Sample {
  readonly seconds: number;
  /** the result, or figures that stand for it; compared between contestants */
  readonly answer: readonly number[];
}

/** Someone who does the same work as the others. */
export interface Contestant {
  readonly name: string;
  sample(): Promise<Sample>;
  close(): Promise<void>;
  /** a contestant too slow for every round takes part in the first so many, warm-up included */
  readonly rounds?: number;
}

/** The samples of one contestant, in order; index = round. The first `warmUp` rounds are kept for their answers only. */
export interface Measured {
  readonly name: string;
  readonly warmUp: number;
  readonly samples: readonly Sample[];
}

/**
 * Measures in turns: A B C, A B C, ... so that whatever slows the machine for a while slows everybody.
 * @param warmUp  rounds that are not timed; a contestant with `rounds` has at most rounds - 1 of them
 * @param rounds  timed rounds
 */
export async function interleave(
  contestants: readonly Contestant[],
  warmUp: number,
  rounds: number,
): Promise<Measured[]> {
  const samples = contestants.map((): Sample[] => []);
  for (let round = 0; round < warmUp + rounds; round++) {
    for (const [i, contestant] of contestants.entries()) {
      if (round >= (contestant.rounds ?? Number.POSITIVE_INFINITY)) continue;
      await pause(50); // threads of the one before, waiting in a spin, come to rest
      samples[i].push(await contestant.sample());
    }
  }
  return contestants.map(({ name, rounds: most }, i) => ({
    name,
    warmUp: Math.min(warmUp, (most ?? Number.POSITIVE_INFINITY) - 1),
    samples: samples[i],
  }));
}

/** Times a piece of work with the monotonic clock. */
export async function timed(work: () => Promise<readonly number[]>): Promise<Sample> {
  const started = performance.now();
  const answer = await work();
  return { seconds: (performance.now() - started) / 1000, answer };
}

/** Quantile by linear interpolation between order statistics (type 7 of Hyndman & Fan, 1996). @param q in [0, 1] */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) throw new TandemError('internal', 'quantile: no values');
  const sorted = [...values].sort((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.ceil(at);
  return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
}

/** Times of one contestant, in milliseconds. */
export interface Summary {
  readonly name: string;
  readonly samples: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly minMs: number;
}

const timedSeconds = ({ samples, warmUp }: Measured): number[] => samples.slice(warmUp).map(sample => sample.seconds);

export const summarise = (measured: Measured): Summary =>
  summaryOf(
    measured.name,
    timedSeconds(measured).map(seconds => seconds * 1000),
  );

/** @param ms  milliseconds, at least one */
export const summaryOf = (name: string, ms: readonly number[]): Summary => ({
  name,
  samples: ms.length,
  p50Ms: quantile(ms, 0.5),
  p99Ms: quantile(ms, 0.99),
  minMs: Math.min(...ms),
});

/**
 * How many times faster ours is: the median over rounds of peer / ours, each pair measured side by side.
 * Above 1 = ours is ahead. A peer that was timed only in rounds where ours warmed up is compared by the medians.
 */
export function pairedRatio(ours: Measured, peer: Measured): number {
  const ratios: number[] = [];
  for (
    let round = Math.max(ours.warmUp, peer.warmUp);
    round < Math.min(ours.samples.length, peer.samples.length);
    round++
  ) {
    ratios.push(peer.samples[round].seconds / ours.samples[round].seconds);
  }
  return ratios.length > 0
    ? quantile(ratios, 0.5)
    : quantile(timedSeconds(peer), 0.5) / quantile(timedSeconds(ours), 0.5);
}

/** Largest |a - b| / max(|a|, |b|, tiny) over the elements. Different lengths differ wholly. */
export function relativeDifference(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return a.reduce((worst, x, i) => {
    const difference = Math.abs(x - b[i]) / Math.max(Math.abs(x), Math.abs(b[i]), 1e-12);
    return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(worst, difference);
  }, 0);
}

/**
 * Contestants must have done the same work: the answers of the first round agree with the first contestant's.
 * @returns the largest relative difference by contestant
 * @throws TandemError 'bench/wrong-answer'
 */
export function checkAgreement(all: readonly Measured[], tolerance: number): Record<string, number> {
  const [reference, ...others] = all;
  const differences: Record<string, number> = {};
  for (const other of others) {
    const difference = relativeDifference(reference.samples[0].answer, other.samples[0].answer);
    if (difference > tolerance) {
      const message = `${other.name} and ${reference.name} differ by ${difference.toExponential(2)}, more than ${tolerance}`;
      throw new TandemError('bench/wrong-answer', message, { differs: other.name, reference: reference.name });
    }
    differences[other.name] = difference;
  }
  return differences;
}
