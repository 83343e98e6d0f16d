import { type Random, seededRandom } from '../../../src/math/random.js';
import type { EnsembleFeature } from '../../../src/ranking/trees/ensemble.js';
import type { RankingRows } from '../../../training/ranking/rows.js';

/** A row: its feature values, and its gain. */
export type Row = readonly [values: readonly number[], gain: number];

export const numbers = (count: number): EnsembleFeature[] =>
  Array.from({ length: count }, (_, i) => ({ name: `f${i}`, kind: 'number' }));

/** Rows of queries as columns. */
export function rowsOf(features: readonly EnsembleFeature[], queries: readonly (readonly Row[])[]): RankingRows {
  const all = queries.flat();
  const groups = [0];
  for (const rows of queries) groups.push(groups[groups.length - 1] + rows.length);
  return {
    features,
    columns: features.map((_, feature) => Float32Array.from(all, ([values]) => values[feature])),
    gains: Float64Array.from(all, ([, gain]) => gain),
    groups: Uint32Array.from(groups),
  };
}

/** Queries of up to 30 documents over five features: two numbers that tell, one with gaps, a category that tells, noise. */
export function learnableRows(seed: number, queries: number, monotone?: 1): RankingRows {
  const random = seededRandom(seed);
  const features: EnsembleFeature[] = [
    { name: 'score', kind: 'number', monotone },
    { name: 'bend', kind: 'number' },
    { name: 'gaps', kind: 'number' },
    { name: 'kind', kind: 'category' },
    { name: 'noise', kind: 'number' },
  ];
  return rowsOf(
    features,
    Array.from({ length: queries }, () => Array.from({ length: 2 + random.below(29) }, () => learnableRow(random))),
  );
}

function learnableRow(random: Random): Row {
  const values = [random.normal(), random.normal(), random.normal(), random.below(12), random.normal()];
  const hidden = random.below(4) === 0;
  const worth =
    values[0] +
    Math.abs(values[1]) +
    (hidden ? 0.8 : 0.5 * values[2]) +
    (values[3] % 3 === 0 ? 1.2 : 0) +
    0.5 * random.normal();
  return [values.with(2, hidden ? Number.NaN : values[2]), worth > 3 ? 2 : worth > 2 ? 1 : 0];
}
