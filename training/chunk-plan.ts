import type { ChunkPlan } from '../models/batch-inputs.js';
import { seededRandom, shuffle } from '../src/math/random.js';

/** Lengths are rounded up to a multiple of this where the plan does not hold, so that few shapes are ever recorded. */
const lengthStep = 8;

const samples = 64;

/**
 * Plans how a batch of texts, sorted by length, is cut into chunks, each as long as its longest text needs to be. The lengths of the
 * chunks are fixed beforehand, from batches drawn at random: since order statistics of a large batch vary little, nearly every batch
 * fits one shape, hence one recorded graph. A chunk that does not fit is rounded up to a multiple of 8.
 * @param lengths  token counts of the texts of the corpus
 * @param batch    B
 * @param chunks   parts of a batch
 */
export function planChunks(lengths: readonly number[], batch: number, chunks: number): ChunkPlan {
  const bounds = Array.from({ length: chunks + 1 }, (_, c) => Math.round((c * batch) / chunks));
  const random = seededRandom(1);
  const longest = new Array<number>(chunks).fill(1);
  const pool = Int32Array.from(lengths);
  for (let sample = 0; sample < samples && pool.length > 0; sample++) {
    shuffle(pool, random);
    const drawn = Int32Array.from({ length: batch }, (_, i) => pool[i % pool.length]).sort();
    for (let c = 0; c < chunks; c++) longest[c] = Math.max(longest[c], drawn[bounds[c + 1] - 1]);
  }
  return sorted => {
    if (sorted.length !== batch) return [{ tokens: Math.max(1, sorted[sorted.length - 1]), count: sorted.length }];
    return longest.map((planned, c) => {
      const needed = sorted[bounds[c + 1] - 1];
      const tokens = needed <= planned ? planned : Math.ceil(needed / lengthStep) * lengthStep;
      return { tokens, count: bounds[c + 1] - bounds[c] };
    });
  };
}
