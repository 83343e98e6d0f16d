import type { Candidate } from '../ranking/candidate.js';
import type { PlannedSearch } from './planned-search.js';

/** Hits of a query that are kept at most. */
export const mostKeptHits = 32;

type Asked = Pick<PlannedSearch, 'wanted' | 'grouping'>;

/** The best hits of a query, for as long as its index is the same. */
export interface KeptHits {
  /** undefined where they are not known */
  find(search: Asked): Candidate[] | undefined;
  /** @param isPresent  whether no document came or went since they were looked for */
  keep(search: Asked, hits: readonly Candidate[], isPresent: () => boolean): void;
}

/** Whether it wants the k best of all that the query finds, of which fewer are the first ones. */
const isPlain = ({ wanted: { accept, sort }, grouping }: Asked): boolean =>
  accept === undefined && sort.length === 0 && grouping === undefined;

/** Keeps what was found last. */
export function keptHits(): KeptHits {
  let kept: { readonly k: number; readonly hits: readonly Candidate[]; readonly isPresent: () => boolean } | undefined;
  return {
    find(search) {
      const { k } = search.wanted;
      return kept !== undefined && k <= kept.k && isPlain(search) && kept.isPresent()
        ? kept.hits.slice(0, k)
        : undefined;
    },
    keep(search, hits, isPresent) {
      if (isPlain(search) && hits.length <= mostKeptHits) kept = { k: search.wanted.k, hits: [...hits], isPresent };
    },
  };
}
