import type { Candidate } from './candidate.js';
import type { RetrievedFeature } from './features/retrieved.js';
import type { CandidateTable } from './ranker.js';

/** What the sides of a search found, each best first, an id at most once on a side. */
export interface Sides {
  readonly token: readonly Candidate[];
  readonly vector: readonly Candidate[];
  /** share of what was asked for that the token side knows, (0, 1]; 1 when absent */
  readonly coverage?: number;
}

/** Computes a feature of documents that a side did not find. @returns by document */
export type CompleteFeature = (feature: 'bm25' | 'proximity' | 'cosine', ids: readonly string[]) => Float64Array;

const unknown = (count: number): Float64Array => new Float64Array(count).fill(Number.NaN);

/** @param complete  without it what no side retrieved is not known */
export function candidateTable({ token, vector, coverage = 1 }: Sides, complete?: CompleteFeature): CandidateTable {
  const rows = new Map<string, number>();
  for (const { id } of token) rows.set(id, rows.size);
  for (const { id } of vector) if (!rows.has(id)) rows.set(id, rows.size);
  const ids = [...rows.keys()];
  const retrieved = (side: readonly Candidate[], value: (candidate: Candidate, place: number) => number) => {
    const column = unknown(ids.length);
    side.forEach((candidate, place) => {
      column[rows.get(candidate.id) as number] = value(candidate, place);
    });
    return column;
  };
  const compute = (feature: RetrievedFeature): Float64Array => {
    switch (feature) {
      case 'tokenScore':
        return retrieved(token, ({ score }) => score);
      case 'vectorScore':
        return retrieved(vector, ({ score }) => score);
      case 'tokenRank':
        return retrieved(token, (_, place) => place + 1);
      case 'vectorRank':
        return retrieved(vector, (_, place) => place + 1);
      case 'coverage':
        return new Float64Array(ids.length).fill(coverage);
      default:
        return complete?.(feature, ids) ?? unknown(ids.length);
    }
  };
  const columns = new Map<RetrievedFeature, Float64Array>();
  return {
    ids,
    column: feature => {
      const column = columns.get(feature) ?? compute(feature);
      columns.set(feature, column);
      return column;
    },
  };
}
