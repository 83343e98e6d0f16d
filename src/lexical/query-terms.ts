import type { MemorySegment } from './memory-segment.js';
import type { StoredSegment } from './stored-segment.js';
import type { Weighting } from './weighting.js';

/** Where the index holds a term. */
export interface TermPlaces {
  /** live documents of the index that hold it */
  readonly df: number;
  /** by immutable segment: number of the term in it, -1 where it has none */
  readonly ordinals: readonly number[];
}

/** A term of a query with what it counts. */
export interface QueryTerm extends TermPlaces {
  readonly term: string;
  /** how often the query asks for it; not a whole number where the term is not what was typed, above 0 */
  readonly repeats: number;
  /** df >= 1 */
  readonly df: number;
  readonly idf: number;
  /** idf * repeats * boost: no document gets as much from the term */
  readonly weight: number;
}

export function findTerm(stored: readonly StoredSegment[], memory: MemorySegment, term: string): TermPlaces {
  const ordinals: number[] = [];
  let df = memory.documentFrequency(term);
  for (const segment of stored) {
    const ordinal = segment.ordinalOf(term);
    ordinals.push(ordinal);
    if (ordinal >= 0) df += segment.liveFrequency(ordinal);
  }
  return { df, ordinals };
}

/**
 * The terms of a query that the index knows, heaviest first, ties in query order. Scores are always added up in this order: it depends on
 * neither the cut of the index nor on what pruning leaves out, and so do the last bits of a sum.
 * @param counts  terms with how often the query asks for them, see `repeats`
 * @param boost  > 0; what all of them are multiplied by
 */
export function weighTerms(
  stored: readonly StoredSegment[],
  memory: MemorySegment,
  weighting: Weighting,
  counts: ReadonlyMap<string, number>,
  boost = 1,
): QueryTerm[] {
  const terms: QueryTerm[] = [];
  for (const [term, repeats] of counts) {
    const { df, ordinals } = findTerm(stored, memory, term);
    if (df === 0) continue;
    const idf = weighting.idf(df);
    terms.push({ term, repeats, df, idf, weight: idf * repeats * boost, ordinals });
  }
  return terms.sort((a, b) => b.weight - a.weight);
}
