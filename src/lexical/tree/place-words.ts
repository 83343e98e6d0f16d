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
 * best way never crosses: row after row, one for each target, over the places that it may have.
 * @param places  rising; those from `from` on and before `to` may be given, but for the one that is taken
 * @param offsets  of the targets from `start`, rising
 */
export function matchDistance(
  places: readonly number[],
  from: number,
  to: number,
  taken: number,
  start: number,
  offsets: readonly number[],
): number {
  const row = new Float64Array(to - from + 1);
  for (const offset of offsets) {
    let before = row[0]; // of the target before, over one place less
    row[0] = Infinity;
    for (let i = 1; i < row.length; i++) {
      const place = places[from + i - 1];
      const here = place === taken ? Infinity : before + Math.abs(place - start - offset);
      before = row[i];
      row[i] = Math.min(row[i - 1], here);
    }
  }
  return row[row.length - 1];
}
