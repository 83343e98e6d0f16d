import type { Candidate } from './candidate.js';
import type { InvertedIndex } from './inverted-index.js';
import { TopK } from './top-k.js';
import { type Accumulator, accumulate, type Weighting } from './weighting.js';

/** What a query needs while it runs. */
export type Scratch = Accumulator;

export const createScratch = (): Scratch => ({ scores: new Float64Array(0), touched: new Uint32Array(0), count: 0 });

/**
 * Term at a time: adds up the scores of all documents that hold a term, then keeps the best k. The work is that of the postings of
 * the query's terms; nothing of the size of the index is allocated or cleared.
 */
export function collect(
  index: InvertedIndex,
  weighting: Weighting,
  terms: ReadonlyMap<string, number>,
  scratch: Scratch,
  k: number,
  accept?: (id: string) => boolean,
): Candidate[] {
  reserve(scratch, index.ids.length);
  for (const [term, repeats] of terms) {
    const postings = index.terms.get(term);
    if (postings !== undefined) accumulate(postings, weighting.idf(postings.df) * repeats, weighting, index, scratch);
  }
  const best = new TopK(k);
  try {
    keepBest(index, scratch, best, accept);
  } finally {
    // All zero again, also when `accept` threw half-way.
    for (let i = 0; i < scratch.count; i++) scratch.scores[scratch.touched[i]] = 0;
    scratch.count = 0;
  }
  return best.sorted();
}

function keepBest(
  index: InvertedIndex,
  { scores, touched, count }: Scratch,
  best: TopK,
  accept?: (id: string) => boolean,
): void {
  for (let i = 0; i < count; i++) {
    const slot = touched[i];
    const score = scores[slot];
    if (score < best.least) continue;
    const id = index.ids[slot];
    if (id === undefined || !best.wants(score, id)) continue;
    if (accept === undefined || accept(id)) best.offer(score, id);
  }
}

function reserve(scratch: Scratch, slots: number): void {
  if (scratch.scores.length >= slots) return;
  const size = Math.ceil(slots * 1.5);
  scratch.scores = new Float64Array(size);
  scratch.touched = new Uint32Array(size);
}
