/** How many of some rising numbers are below a value. */
export function countBelow(rising: readonly number[], value: number): number {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rising[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The nearest of some rising numbers, one or more, the lower one of two. */
export function nearestPlace(rising: readonly number[], value: number): number {
  const at = countBelow(rising, value);
  if (at === 0 || (at < rising.length && rising[at] - value < value - rising[at - 1])) return rising[at];
  return rising[at - 1];
}

/**
 * The least sum of distances when each target gets a place of its own; Infinity where there are too few. Places and targets rise, so that the
 * best way never crosses: one row for each target, over the places that it may have.
 */
export function matchDistance(places: readonly number[], targets: readonly number[]): number {
  let before = new Float64Array(places.length + 1);
  for (const target of targets) {
    const row = new Float64Array(places.length + 1).fill(Infinity);
    for (let i = 1; i <= places.length; i++) {
      row[i] = Math.min(row[i - 1], before[i - 1] + Math.abs(places[i - 1] - target));
    }
    before = row;
  }
  return before[places.length];
}
