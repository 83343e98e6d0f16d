import { compileEnsemble } from './compile.js';
import type { TreeEnsemble } from './ensemble.js';

/** Rows that the mean is over at most: of more, every n-th. */
const mostRows = 1000;

/**
 * Mean score over rows when one feature has a value and all others are as they are (Friedman, Greedy function approximation, 2001, section 8.2).
 * @param columns  by feature, at least one row
 * @param grid  values of the feature, NaN = missing
 * @returns by value of the grid
 */
export function partialDependence(
  ensemble: TreeEnsemble,
  columns: readonly Float64Array[],
  feature: number,
  grid: Float64Array,
): Float64Array {
  const step = Math.ceil(columns[feature].length / mostRows);
  const rows = columns.map(column => column.filter((_, row) => row % step === 0));
  const { scores } = compileEnsemble(ensemble);
  return grid.map(value => {
    const constant = new Float64Array(rows[feature].length).fill(value);
    return scores(rows.with(feature, constant)).reduce((sum, score) => sum + score, 0) / constant.length;
  });
}
