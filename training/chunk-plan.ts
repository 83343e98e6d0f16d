import type { ChunkPlan } from '../models/batch-inputs.js';
import { seededRandom, shuffle } from '../src/math/random.js';

/** Lengths are rounded up to a multiple of this where no plan holds, so that few shapes are ever recorded. */
const lengthStep = 8;

/** Batches drawn to find the lengths of a plan. */
const samples = 256;

/**
 * Plans how a batch of texts, sorted by length, is cut into chunks, each as long as its longest text needs to be. The lengths of the
 * chunks are fixed beforehand, from batches drawn at random: since order statistics of a large batch vary little, nearly every batch
 * fits one shape, hence one recorded graph. A chunk that does not fit is rounded up to a multiple of 8.
 * @param kinds   token counts of the texts of each kind that comes in batches of its own (a stage, a field): a batch takes the shortest
 *                plan that holds it
 * @param batch   B; texts of another number are one chunk
 * @param chunks  parts of a batch, 1..B
 */
export function planChunks(kinds: readonly (readonly number[])[], batch: number, chunks: number): ChunkPlan {
  const bounds = Array.from({ length: chunks + 1 }, (_, c) => Math.round((c * batch) / chunks));
  const total = (plan: readonly number[]): number =>
    plan.reduce((sum, tokens, c) => sum + tokens * (bounds[c + 1] - bounds[c]), 0);
  const plans = kinds.map(lengths => planLengths(lengths, bounds)).sort((a, b) => total(a) - total(b));
  const longest = plans.at(-1) ?? new Array<number>(chunks).fill(1);
  return sorted => {
    if (sorted.length !== batch) return [{ tokens: Math.max(1, sorted[sorted.length - 1]), count: sorted.length }];
    const needed = longest.map((_, c) => sorted[bounds[c + 1] - 1]);
    const plan = plans.find(lengths => lengths.every((planned, c) => needed[c] <= planned)) ?? longest;
    return plan.map((planned, c) => ({
      tokens: needed[c] <= planned ? planned : Math.ceil(needed[c] / lengthStep) * lengthStep,
      count: bounds[c + 1] - bounds[c],
    }));
  };
}

/** Longest text that each chunk had to hold in batches drawn at random. */
function planLengths(lengths: readonly number[], bounds: readonly number[]): number[] {
  const random = seededRandom(1);
  const pool = Int32Array.from(lengths);
  const longest = new Array<number>(bounds.length - 1).fill(1);
  for (let sample = 0; sample < samples && pool.length > 0; sample++) {
    shuffle(pool, random);
    const drawn = Int32Array.from({ length: bounds[bounds.length - 1] }, (_, i) => pool[i % pool.length]).sort();
    for (let c = 0; c < longest.length; c++) longest[c] = Math.max(longest[c], drawn[bounds[c + 1] - 1]);
  }
  return longest;
}
