import type { Candidate } from '../ranking/candidate.js';
import type { DeepAnswer, PairTable } from '../ranking/learned/deep-ranker.js';
import type { IndexRanker } from './index-ranker.js';

/** The network behind the ranker of an index, in one search. */
export interface DeepStage {
  /** What the network ordered, then what stands behind it; all in the order of the ranker where the network is late or fails. */
  readonly rank: (again: readonly Candidate[], table: PairTable) => Promise<readonly (readonly Candidate[])[]>;
  /** what `minScore: auto` goes by; undefined where the network ordered nothing, or was not calibrated */
  readonly cut: () => number | undefined;
  /** milliseconds by stage; empty where it was not asked */
  readonly took: () => Readonly<Record<string, number>>;
  /** that the order of the ranker stands, and why */
  readonly warnings: () => readonly string[];
  /** what the network added to the score that the ranker gave a hit; undefined where it did not order it */
  readonly adds: (id: string) => number | undefined;
}

export function deepStage({ deep }: Pick<IndexRanker, 'deep'>): DeepStage | undefined {
  if (deep === undefined) return undefined;
  const { deadlineMs } = deep.part;
  const added = new Map<string, number>();
  let [answer, milliseconds]: [DeepAnswer | undefined, number] = [undefined, 0];
  return {
    rank: async (again, table) => {
      const from = performance.now();
      answer = await deep.rank(again, table);
      milliseconds = performance.now() - from;
      const before = new Map(again.map(({ id, score }) => [id, score]));
      for (const { id, score } of answer.ordered) added.set(id, score - (before.get(id) ?? 0));
      return [answer.ordered, answer.behind];
    },
    cut: () => (answer !== undefined && answer.ordered.length > 0 ? deep.part.calibration?.cut : undefined),
    took: (): Record<string, number> => (answer === undefined ? {} : { deep: milliseconds }),
    warnings: () => {
      if (answer?.reason === undefined) return [];
      const why = answer.reason === 'late' ? `did not answer within ${deadlineMs} ms` : 'failed';
      return [`ranking: the network behind the ranker ${why}; the order of the ranker stands`];
    },
    adds: id => added.get(id),
  };
}
