export const towerKinds = ['pairs', 'documents', 'nothing'] as const;
export type TowerKind = (typeof towerKinds)[number];

/**
 * Weight of the vector side that is usual for towers of a kind, by what they learnt from: pairs of people, queries drawn from the documents, or
 * nothing, where an imported encoder is used as it came. Measured: `npm run bench -- fusion-weights`, docs/results.md.
 */
export const usualWeights: Readonly<Record<TowerKind, number>> = { pairs: 0.3, documents: 0.1, nothing: 0.2 };

/** Weights are tried in steps of 1 / 20. */
export const weightSteps = 20;

/** Vectors that find less than this share of what tokens find, of queries drawn from the documents themselves, are not fit for these documents. */
export const fitShare = 0.5;

/** nDCG@10 on queries drawn from the documents. */
export interface DrawnFigures {
  readonly tokens: number;
  readonly vectors: number;
  /** of the hybrid, at weights in steps of 1 / 20 from 0 on */
  readonly curve: readonly { readonly weight: number; readonly score: number }[];
}

/**
 * The usual weight, in steps of 1 / 20, where nobody has judged queries. Queries drawn from the documents cannot tell how much vectors help, for
 * they know no synonyms. But they tell vectors that know nothing of these documents: the weight falls to 0 with what these find. And they are all
 * that towers without pairs have learnt: where these make them worse, the weight falls until they do not.
 */
export function weightWithoutJudgements(kind: TowerKind, { tokens, vectors, curve }: DrawnFigures): number {
  const share = tokens === 0 ? 1 : vectors / tokens;
  const most = Math.round(usualWeights[kind] * Math.min(1, share / fitShare) * weightSteps);
  if (kind !== 'documents') return most / weightSteps;
  const harmless = curve.slice(0, most + 1).findLast(({ score }) => score >= curve[0].score);
  return harmless?.weight ?? 0;
}
