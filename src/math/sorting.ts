/** Items that are sorted, and put together, in one go. */
const atOnce = 2 ** 12;

/**
 * Sorts as work that tells its units (src/search/turns.ts): in runs, which are then put together two by two.
 * @param compare  as Array.sort has it; equal ones keep their order
 * @returns a new array
 */
export function* sorting<T>(items: readonly T[], compare: (a: T, b: T) => number): Generator<number, T[]> {
  const runs: T[][] = [];
  for (let from = 0; from < items.length; from += atOnce) {
    if (from > 0) yield atOnce;
    runs.push(items.slice(from, from + atOnce).sort(compare));
  }
  return yield* mergingRuns(runs, compare);
}

/** Puts sorted runs together, two by two, as work that tells its units. */
export function* mergingRuns<T>(sorted: readonly T[][], compare: (a: T, b: T) => number): Generator<number, T[]> {
  let runs = sorted;
  while (runs.length > 1) {
    const longer: T[][] = [];
    for (let i = 0; i < runs.length; i += 2)
      longer.push(i + 1 < runs.length ? yield* merging(runs[i], runs[i + 1], compare) : runs[i]);
    runs = longer;
  }
  return runs[0] ?? [];
}

function* merging<T>(left: readonly T[], right: readonly T[], compare: (a: T, b: T) => number): Generator<number, T[]> {
  const merged: T[] = [];
  for (let l = 0, r = 0; l < left.length || r < right.length; ) {
    if (r === right.length || (l < left.length && compare(left[l], right[r]) <= 0)) merged.push(left[l++]);
    else merged.push(right[r++]);
    if (merged.length % atOnce === 0) yield atOnce;
  }
  return merged;
}
