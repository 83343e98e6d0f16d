import type { LineChartSection } from './sections.js';

/**
 * Quality against the weight of the vector side in the convex fusion; 0 = token retrieval alone, 1 = vector retrieval alone.
 * @param figure  name of the quality figure, such as `nDCG@10`
 * @param chosen  the weight that was taken
 */
export function fusionCurveSection(
  curve: readonly { readonly weight: number; readonly value: number }[],
  figure: string,
  chosen: number,
): LineChartSection {
  return {
    kind: 'lineChart',
    title: `${figure} against the fusion weight`,
    note: `Weight of the vector side: 0 is token retrieval alone, 1 vector retrieval alone. The dashed line marks the weight that was chosen, ${chosen}.`,
    x: { label: 'weight of the vector side' },
    y: { label: figure },
    series: [{ name: figure, points: curve.map(({ weight, value }) => [weight, value] as const) }],
    dots: true,
    chosen,
  };
}

/**
 * Recall of the HNSW graph against its search breadth ef; 1 = the same neighbours as an exact scan.
 * @param K       neighbours asked for
 * @param wanted  recall that was asked for, drawn across
 */
export function efCurveSection(
  curve: readonly { readonly ef: number; readonly recall: number }[],
  K: number,
  wanted?: number,
): LineChartSection {
  return {
    kind: 'lineChart',
    title: 'Recall of the vector index against ef',
    note: `Part of the ${K} exact nearest neighbours that the graph finds; a larger ef looks at more of the graph and takes longer.`,
    x: { label: 'ef', scale: 'log' },
    y: { label: `Recall@${K} of the exact scan` },
    series: [{ name: 'HNSW', points: curve.map(({ ef, recall }) => [ef, recall] as const) }],
    dots: true,
    ...(wanted !== undefined && { level: wanted }),
  };
}
