import type { BitSet } from '../math/bit-set.js';
import type { NumberColumn } from './segment-columns.js';

/** Numbers from `from` on and below `to`; open where a bound is absent. */
export interface NumberRange {
  readonly from?: number;
  readonly to?: number;
}

/**
 * Counts for each of several ranges the documents that have a number in it. The bounds of all ranges cut the numbers into stretches: a number is
 * looked up among these once, however many ranges there are.
 * @param columns  one for each segment, with the documents that count
 */
export function countRanges(
  columns: readonly { readonly numbers: NumberColumn; readonly docs: BitSet }[],
  ranges: readonly NumberRange[],
): number[] {
  const bounds = [...new Set(ranges.flatMap(({ from = -Infinity, to = Infinity }) => [from, to]))].sort(
    (a, b) => a - b,
  );
  const spans = ranges.map(
    ({ from = -Infinity, to = Infinity }) => [bounds.indexOf(from), bounds.indexOf(to)] as const,
  );
  // by stretch, documents whose numbers lie in it alone; those of several stretches count range by range
  const alone = new Uint32Array(bounds.length + 1);
  const counts = ranges.map(() => 0);
  for (const { numbers, docs } of columns) {
    let last = -1;
    let stretches: number[] = [];
    const note = (): void => {
      if (stretches.length === 1) alone[stretches[0]]++;
      else if (stretches.length > 1)
        spans.forEach(([first, end], range) => {
          if (stretches.some(stretch => stretch > first && stretch <= end)) counts[range]++;
        });
      stretches = [];
    };
    numbers.each(docs, (value, doc) => {
      if (doc !== last) note();
      last = doc;
      const stretch = boundsUpTo(bounds, value);
      if (stretches.at(-1) !== stretch) stretches.push(stretch);
    });
    note();
  }
  return spans.map(([first, end], range) => {
    let count = counts[range];
    for (let stretch = first + 1; stretch <= end; stretch++) count += alone[stretch];
    return count;
  });
}

/** How many of the bounds are at most a value. */
function boundsUpTo(bounds: readonly number[], value: number): number {
  let [low, high] = [0, bounds.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (bounds[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
