import { type BitSet, createBitSet, setBit } from '../../src/math/bit-set.js';
import { seededRandom } from '../../src/math/random.js';
import type { AcceptedIds } from '../../src/vector/accepted-nodes.js';
import { innerProduct } from '../../src/vector/cosine.js';
import type { EmbeddingSet } from './rows.js';

/** How a filter goes together with a query: not at all, it accepts what is near to it, or what is far from it. */
export const correlations = ['none', 'with', 'against'] as const;
export type Correlation = (typeof correlations)[number];

/** Parts of the space that filters accept, as categories of a catalogue do. */
const cells = 400;

export interface FilterMaker {
  /** Rows that a filter accepts. @param scores  cosine of the query by row */
  make(correlation: Correlation, share: number, scores: Float32Array): BitSet;
}

/** Filters over the rows of a set: whole cells of it, those nearest to the query first or last, or rows by chance. */
export function filterMaker({ width, documents }: EmbeddingSet, seed: number): FilterMaker {
  const count = documents.length / width;
  const { below, next } = seededRandom(seed);
  const centres = Array.from({ length: cells }, () => below(count));
  const rowOf = (row: number): Float32Array => documents.subarray(row * width, (row + 1) * width);
  const cellOf = Uint16Array.from({ length: count }, (_, row) => {
    const scores = centres.map(centre => innerProduct(rowOf(row), documents, centre));
    return scores.reduce((best, score, cell) => (score > scores[best] ? cell : best), 0);
  });
  const make = (correlation: Correlation, share: number, scores: Float32Array): BitSet => {
    const bits = createBitSet(count);
    if (correlation === 'none') {
      for (let row = 0; row < count; row++) if (next() < share) setBit(bits, row);
      return bits;
    }
    const sign = correlation === 'with' ? -1 : 1;
    const order = Array.from(centres.keys()).sort((a, b) => sign * (scores[centres[a]] - scores[centres[b]]));
    const rank = new Uint16Array(cells);
    for (const [at, cell] of order.entries()) rank[cell] = at;
    const sizes = new Uint32Array(cells);
    for (const cell of cellOf) sizes[rank[cell]]++;
    let left = Math.round(share * count);
    const taken = sizes.map(size => {
      const some = Math.min(size, left);
      left -= some;
      return some;
    });
    for (let row = 0; row < count; row++) {
      const at = rank[cellOf[row]];
      if (taken[at] === 0) continue;
      taken[at]--;
      setBit(bits, row);
    }
    return bits;
  };
  return { make };
}

/** Documents whose ids are their rows. */
export function acceptedRows(documentCount: number): (bits: BitSet, count: number) => AcceptedIds {
  const list = { documentCount, idOf: String, find: Number };
  return (bits, count) => ({
    count,
    has: id => (bits[Number(id) >>> 5] & (1 << (Number(id) & 31))) !== 0,
    segments: [list],
    documents: [bits],
  });
}
