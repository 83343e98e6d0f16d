/**
 * Whether two words are at most so many edits apart: insertion, deletion, substitution of a character, or swapping two neighbours, no part
 * edited twice (optimal string alignment distance). Only the diagonals that the distance can reach are filled.
 * @param a,b  code points
 * @param distance  0, 1 or 2
 */
export function editsWithin(a: Uint32Array, b: Uint32Array, distance: number): boolean {
  if (Math.abs(a.length - b.length) > distance) return false;
  let from = 0;
  let [endA, endB] = [a.length, b.length];
  while (from < endA && from < endB && a[from] === b[from]) from++;
  while (endA > from && endB > from && a[endA - 1] === b[endB - 1]) {
    endA--;
    endB--;
  }
  const [rows, columns] = [endA - from, endB - from];
  if (rows === 0 || columns === 0) return rows + columns <= distance;
  return distance > 0 && bandWithin(a.subarray(from, endA), b.subarray(from, endB), distance);
}

/** Rows of the alignment table around its diagonal: entry `d` of a row is column `row + d - distance`. */
function bandWithin(a: Uint32Array, b: Uint32Array, distance: number): boolean {
  const far = distance + 1;
  const width = 2 * distance + 1;
  const at = (row: readonly number[], diagonal: number): number =>
    diagonal < 0 || diagonal >= width ? far : row[diagonal];
  let twoAbove: number[] = [];
  let above = Array.from({ length: width }, (_, d) => (d < distance ? far : d - distance));
  for (let i = 1; i <= a.length; i++) {
    const row: number[] = [];
    let least = far;
    for (let d = 0; d < width; d++) {
      const j = i + d - distance;
      let value = far;
      if (j === 0) value = i;
      else if (j > 0 && j <= b.length) {
        value = Math.min(at(above, d + 1) + 1, at(row, d - 1) + 1, above[d] + (a[i - 1] === b[j - 1] ? 0 : 1));
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) value = Math.min(value, twoAbove[d] + 1);
      }
      row.push(Math.min(value, far));
      least = Math.min(least, value);
    }
    // a swap reaches over one row, and costs 1: the row above may still be the way
    if (least > distance && Math.min(...above) >= distance) return false;
    twoAbove = above;
    above = row;
  }
  return above[b.length - a.length + distance] <= distance;
}
