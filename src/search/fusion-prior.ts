export const towerKinds = ['pairs', 'documents', 'nothing'] as const;
export type TowerKind = (typeof towerKinds)[number];

/**
 * Weight of the vector side that is usual for towers of a kind, by what they learnt from: pairs of people, queries drawn from the documents, or
 * nothing, where an imported encoder is used as it came. Measured: `npm run bench -- fusion-weights`, docs/results.md.
 */
export const usualWeights: Readonly<Record<TowerKind, number>> = { pairs: 0.3, documents: 0.1, nothing: 0.3 };

/** Weights are tried in steps of 1 / 20. */
export const weightSteps = 20;

/** Vectors that find less than this share of what tokens find, of queries drawn from the documents themselves, are not fit for these documents. */
const fitShare = 0.5;

/**
 * The usual weight, in steps of 1 / 20, where nobody has judged queries. Queries drawn from the documents cannot tell how much vectors help, for they know no
 * synonyms; but they do tell vectors that know nothing of these documents, whose weight falls to 0 with what they find.
 * @param found  nDCG@10 of each side on queries drawn from the documents
 */
export function weightWithoutJudgements(
  kind: TowerKind,
  found: { readonly tokens: number; readonly vectors: number },
): number {
  const share = found.tokens === 0 ? 1 : found.vectors / found.tokens;
  return Math.round(usualWeights[kind] * Math.min(1, share / fitShare) * weightSteps) / weightSteps;
}
