/** Points of a step function that never falls: value i holds from position i on, and before the first position too. */
export interface IsotonicSteps {
  /** ascending */
  readonly positions: readonly number[];
  /** never falling */
  readonly values: readonly number[];
}

/**
 * Isotonic regression: the function that never falls and is nearest to the observed values by least squares, by pooling neighbours that fall
 * (Ayer et al. 1955; as calibration of scores: Zadrozny & Elkan, KDD 2002).
 * @param positions  finite, in any order
 * @param observed   as many
 * @throws RangeError where there is nothing observed
 */
export function isotonicRegression(positions: ArrayLike<number>, observed: ArrayLike<number>): IsotonicSteps {
  if (positions.length === 0) throw new RangeError('isotonic regression of nothing');
  const order = Array.from({ length: positions.length }, (_, i) => i).sort((a, b) => positions[a] - positions[b]);
  const blocks: { start: number; sum: number; count: number }[] = [];
  for (let i = 0; i < order.length; ) {
    const start = positions[order[i]];
    const block = { start, sum: 0, count: 0 };
    // equal positions have one value
    for (; i < order.length && positions[order[i]] === start; i++) {
      block.sum += observed[order[i]];
      block.count++;
    }
    blocks.push(block);
    while (blocks.length > 1) {
      const [before, last] = [blocks[blocks.length - 2], blocks[blocks.length - 1]];
      if (before.sum / before.count < last.sum / last.count) break;
      before.sum += last.sum;
      before.count += last.count;
      blocks.pop();
    }
  }
  return { positions: blocks.map(({ start }) => start), values: blocks.map(({ sum, count }) => sum / count) };
}

/** The value at a position. */
export function stepAt({ positions, values }: IsotonicSteps, position: number): number {
  let [low, high] = [0, positions.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (positions[middle] <= position) low = middle;
    else high = middle - 1;
  }
  return values[low];
}
