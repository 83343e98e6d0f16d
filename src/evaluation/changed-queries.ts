import { overlap, rankBiasedOverlap } from './golden/agreement.js';
import type { Run } from './trec.js';

/** How the answers to one query differ between two runs. */
export interface ChangedQuery {
  readonly query: string;
  /** part of the first K that both have, and rank-biased overlap; [0, 1] */
  readonly overlap: number;
  readonly rbo: number;
  /** a figure of the second run less that of the first, where the query is judged */
  readonly gain?: number;
}

export interface RunAgreement {
  readonly queries: number;
  /** means over the queries */
  readonly overlap: number;
  readonly rbo: number;
  /** queries with other documents among the first K, and with the same in another order */
  readonly changed: number;
  readonly reordered: number;
  /** every query, those that change most first; ties by id */
  readonly byChange: readonly ChangedQuery[];
}

/**
 * How much two runs over the same queries agree among their first K.
 * @param gains  by query, the figure of the second run less that of the first
 */
export function agreementOf(first: Run, second: Run, K: number, gains: ReadonlyMap<string, number>): RunAgreement {
  const idsOf = (run: Run, query: string): string[] => (run.get(query) ?? []).slice(0, K).map(({ id }) => id);
  let reordered = 0;
  const all = [...first.keys()].map((query): ChangedQuery => {
    const [one, other] = [idsOf(first, query), idsOf(second, query)];
    const shared = overlap(one, other, K);
    if (shared === 1 && one.some((id, at) => id !== other[at])) reordered++;
    const gain = gains.get(query);
    return {
      ...{ query, overlap: shared, rbo: rankBiasedOverlap(one, other, K) },
      ...(gain !== undefined && { gain }),
    };
  });
  const mean = (of: (query: ChangedQuery) => number): number =>
    all.length === 0 ? 1 : all.reduce((sum, each) => sum + of(each), 0) / all.length;
  return {
    queries: all.length,
    overlap: mean(each => each.overlap),
    rbo: mean(each => each.rbo),
    changed: all.filter(each => each.overlap < 1).length,
    reordered,
    byChange: all.sort(
      (a, b) => a.rbo - b.rbo || Math.abs(b.gain ?? 0) - Math.abs(a.gain ?? 0) || (a.query < b.query ? -1 : 1),
    ),
  };
}
