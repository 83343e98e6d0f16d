import { assignBins, type FeatureBins } from './bins.js';
import { featuresPerWord, wordsOf } from './workspace.js';

/**
 * Bins of all rows, up to four features a word, the first one in the lowest byte.
 * @param packed  [words, rows], all 0: written
 */
export function packBins(bins: readonly FeatureBins[], columns: readonly Float32Array[], packed: Uint32Array): void {
  const rows = packed.length / wordsOf(bins.length);
  bins.forEach((feature, i) => {
    const start = wordOf(i) * rows;
    const shift = shiftOf(i);
    assignBins(feature, columns[i], (row, bin) => {
      packed[start + row] |= bin << shift;
    });
  });
}

export const wordOf = (feature: number): number => Math.floor(feature / featuresPerWord);
export const shiftOf = (feature: number): number => 8 * (feature % featuresPerWord);
