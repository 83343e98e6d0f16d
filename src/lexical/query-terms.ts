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
  /** whether it only adds to documents that hold another term: a stop word beside other words */
  readonly optional?: true;
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
 * The terms of a query that the index knows, heaviest first, ties in query order, the optional ones behind all others. Scores are always added up in
 * this order: it depends on neither the cut of the index nor on what pruning leaves out, and so do the last bits of a sum.
 * @param counts  terms with how often the query asks for them, see `repeats`
 * @param boost  > 0; what all of them are multiplied by
 * @param optional  those of the terms that only add to what others find
 */
export function weighTerms(
  stored: readonly StoredSegment[],
  memory: MemorySegment,
  weighting: Weighting,
  counts: ReadonlyMap<string, number>,
  boost = 1,
  optional?: ReadonlySet<string>,
): QueryTerm[] {
  const terms: QueryTerm[] = [];
  for (const [term, repeats] of counts) {
    const { df, ordinals } = findTerm(stored, memory, term);
    if (df === 0) continue;
    const idf = weighting.idf(df);
    const weight = idf * repeats * boost;
    if (optional?.has(term)) terms.push({ term, repeats, df, idf, weight, ordinals, optional: true });
    else terms.push({ term, repeats, df, idf, weight, ordinals });
  }
  if (terms.length < 2) return terms;
  return terms.sort((a, b) => Number(a.optional ?? false) - Number(b.optional ?? false) || b.weight - a.weight);
}

/** How many of the terms find documents: those before the optional ones. */
export function findingTerms(terms: readonly QueryTerm[]): number {
  const first = terms.findIndex(({ optional }) => optional);
  return first < 0 ? terms.length : first;
}
