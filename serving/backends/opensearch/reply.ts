import type { Json } from './cluster.js';

/** What a cluster answers to a search. */
export interface SearchReply {
  readonly took: number;
  readonly hits: {
    readonly total?: { readonly value: number; readonly relation: 'eq' | 'gte' };
    readonly hits: readonly FoundHit[];
  };
  readonly aggregations?: Readonly<Record<string, Aggregation>>;
  readonly suggest?: Readonly<Record<string, readonly { readonly options: readonly { readonly text: string }[] }[]>>;
}

export interface FoundHit {
  readonly _id: string;
  readonly _score: number | null;
  readonly _version?: number;
  readonly _seq_no?: number;
  readonly _primary_term?: number;
  readonly _source?: Json;
  readonly sort?: readonly unknown[];
  readonly fields?: Readonly<Record<string, readonly unknown[]>>;
}

export interface Bucket {
  readonly key: string | number;
  readonly key_as_string?: string;
  readonly doc_count: number;
}

export interface Aggregation {
  readonly value?: number | null;
  readonly doc_count?: number;
  readonly doc_count_error_upper_bound?: number;
  readonly sum_other_doc_count?: number;
  readonly buckets?: readonly Bucket[] | Readonly<Record<string, { readonly doc_count: number }>>;
  readonly [inner: string]: unknown;
}

export const bucketsOf = (aggregation: Aggregation | undefined): readonly Bucket[] => {
  const buckets = aggregation?.buckets;
  return Array.isArray(buckets) ? buckets : [];
};

/** Of an aggregation that has names for its buckets. */
export const countsOf = (
  aggregation: Aggregation | undefined,
): Readonly<Record<string, { readonly doc_count: number }>> => {
  const buckets = aggregation?.buckets;
  return buckets === undefined || Array.isArray(buckets)
    ? {}
    : (buckets as Readonly<Record<string, { doc_count: number }>>);
};
