import type { Candidate } from '../ranking/candidate.js';
import type { VectorIndex } from '../vector/vector-index.js';

/** Depth of the recall that is told. */
const depth = 10;
/** The last so many are told of. */
const kept = 500;
/** Scores of one embedding may differ by so much from thread to thread. */
const rounding = 1e-5;
const everyMs = 10_000;

/** How much of the exact 10 nearest live queries found. */
export interface RecallFigures {
  readonly recall: number;
  /** 95 % interval of the mean over queries (Wilson, 1927) */
  readonly low: number;
  readonly high: number;
  readonly queries: number;
}

export interface RecallProbe {
  /** Takes a query as a sample, if it is time for one: it is answered exactly in another thread. @param found  best first, at least 10 where there are as many */
  sample(query: Float32Array, found: readonly Candidate[]): void;
  /** undefined while there was no sample */
  figures(): RecallFigures | undefined;
}

/**
 * The interval of a mean of values in [0, 1], from above: values between the ends vary less than ones and zeros would.
 * @param n  >= 1
 */
export function wilson(mean: number, n: number): { readonly low: number; readonly high: number } {
  const z = 1.96;
  const middle = (mean + z ** 2 / (2 * n)) / (1 + z ** 2 / n);
  const half = (z / (1 + z ** 2 / n)) * Math.sqrt((mean * (1 - mean)) / n + z ** 2 / (4 * n ** 2));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** What a query found of the exact nearest, [0, 1]. @param exact  best first, at least one */
export function recallOf(found: readonly Candidate[], exact: readonly Candidate[]): number {
  const wanted = exact.slice(0, depth);
  const least = wanted[wanted.length - 1].score - rounding;
  return found.slice(0, wanted.length).filter(({ score }) => score >= least).length / wanted.length;
}

/**
 * Samples of the queries that a graph of vectors answers, one at a time. One every ten seconds costs next to nothing: 10^6 codes are compared in some dozens of milliseconds,
 * beside the thread that answers. The first one is taken when the index has been open for as long, so that a short look at it takes none.
 * @param clock  milliseconds
 */
export function createRecallProbe(
  vectors: Pick<VectorIndex, 'nearestInThread'>,
  clock: () => number = () => performance.now(),
): RecallProbe {
  const recalls: number[] = [];
  let next = clock() + everyMs;
  const probe = async (query: Float32Array, found: readonly Candidate[]): Promise<void> => {
    const exact = await vectors.nearestInThread?.(query, depth);
    if (exact === undefined || exact.length === 0) return;
    recalls.push(recallOf(found, exact));
    if (recalls.length > kept) recalls.shift();
  };
  return {
    sample: (query, found) => {
      if (clock() < next || found.length === 0 || vectors.nearestInThread === undefined) return;
      next = Number.POSITIVE_INFINITY;
      // a probe that fails says nothing of the search, which was answered
      void probe(query, found.slice(0, depth))
        .catch(() => undefined)
        .then(() => {
          next = clock() + everyMs;
        });
    },
    figures: () => {
      if (recalls.length === 0) return undefined;
      const recall = recalls.reduce((sum, each) => sum + each, 0) / recalls.length;
      return { recall, ...wilson(recall, recalls.length), queries: recalls.length };
    },
  };
}
