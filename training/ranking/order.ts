const runLength = 16;

/**
 * Sorts rows from..to of `order` by falling score, of equal scores the smaller row first; there is one such order, whatever it was before. Insertion in short
 * runs and merging of those that are not yet in order: little work where it was nearly sorted, as from one tree to the next.
 * @param spare  as long as `order`
 */
export function sortByScore(
  order: Uint32Array,
  from: number,
  to: number,
  scores: Float64Array,
  spare: Uint32Array,
): void {
  for (let start = from; start < to; start += runLength) insert(order, start, Math.min(to, start + runLength), scores);
  for (let width = runLength; width < to - from; width *= 2)
    for (let start = from; start + width < to; start += 2 * width)
      merge(order, start, start + width, Math.min(to, start + 2 * width), scores, spare);
}

function insert(order: Uint32Array, from: number, to: number, scores: Float64Array): void {
  for (let i = from + 1; i < to; i++) {
    const row = order[i];
    const score = scores[row];
    let place = i;
    for (; place > from; place--) {
      const before = order[place - 1];
      const other = scores[before];
      if (other > score || (other === score && before < row)) break;
      order[place] = before;
    }
    order[place] = row;
  }
}

const isBefore = (a: number, b: number, scores: Float64Array): boolean =>
  scores[a] > scores[b] || (scores[a] === scores[b] && a < b);

function merge(
  order: Uint32Array,
  from: number,
  middle: number,
  to: number,
  scores: Float64Array,
  spare: Uint32Array,
): void {
  if (isBefore(order[middle - 1], order[middle], scores)) return;
  for (let i = from; i < middle; i++) spare[i] = order[i];
  let [left, right, place] = [from, middle, from];
  while (left < middle && right < to)
    order[place++] = isBefore(spare[left], order[right], scores) ? spare[left++] : order[right++];
  while (left < middle) order[place++] = spare[left++];
}
