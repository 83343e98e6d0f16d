import { assignBins, type FeatureBins } from './bins.js';
import { featuresPerWord, wordsOf } from './workspace.js';

/** An array in shared memory. */
export const sharedUint32 = (length: number): Uint32Array => new Uint32Array(new SharedArrayBuffer(4 * length));

/** Bins of all rows: [words, rows], up to four features a word, the first one in the lowest byte. */
export function packBins(bins: readonly FeatureBins[], columns: readonly Float32Array[], rows: number): Uint32Array {
  const packed = sharedUint32(wordsOf(bins.length) * rows);
  bins.forEach((feature, i) => {
    const start = wordOf(i) * rows;
    const shift = shiftOf(i);
    assignBins(feature, columns[i], (row, bin) => {
      packed[start + row] |= bin << shift;
    });
  });
  return packed;
}

export const wordOf = (feature: number): number => Math.floor(feature / featuresPerWord);
export const shiftOf = (feature: number): number => 8 * (feature % featuresPerWord);
