import type { MemorySegment } from './memory-segment.js';
import type { StoredSegment } from './stored-segment.js';
import { encodeTerm } from './term-bytes.js';
import type { Weighting } from './weighting.js';

/** A term of a query with what it counts. */
export interface QueryTerm {
  readonly term: string;
  /** how often the query asks for it; not a whole number where the term is not what was typed, above 0 */
  readonly repeats: number;
  /** live documents of the index that hold it, >= 1 */
  readonly df: number;
  readonly idf: number;
  /** idf * repeats: no document gets as much from the term */
  readonly weight: number;
  /** by immutable segment: number of the term in it, -1 where it has none */
  readonly ordinals: readonly number[];
}

/**
 * The terms of a query that the index knows, heaviest first, ties in query order. Scores are always added up in this order: it depends on
 * neither the cut of the index nor on what pruning leaves out, and so do the last bits of a sum.
 * @param counts  terms with how often the query asks for them, see `repeats`
 */
export function weighTerms(
  stored: readonly StoredSegment[],
  memory: MemorySegment,
  weighting: Weighting,
  counts: ReadonlyMap<string, number>,
): QueryTerm[] {
  const terms: QueryTerm[] = [];
  for (const [term, repeats] of counts) {
    const bytes = encodeTerm(term);
    const ordinals: number[] = [];
    let df = memory.documentFrequency(term);
    for (const segment of stored) {
      const ordinal = segment.dictionary.find(bytes);
      ordinals.push(ordinal);
      if (ordinal >= 0) df += segment.liveFrequency(ordinal);
    }
    if (df === 0) continue;
    const idf = weighting.idf(df);
    terms.push({ term, repeats, df, idf, weight: idf * repeats, ordinals });
  }
  return terms.sort((a, b) => b.weight - a.weight);
}
