/**
 * Whether two words are at most so many edits apart: insertion, deletion, substitution of a character, or swapping two neighbours, no part
 * edited twice (optimal string alignment distance). Equal beginnings never need an edit; where two characters differ every edit is tried:
 * at most 4^distance ways, most of which end at once.
 * @param a,b  code points, as many as `lengthA` and `lengthB` say
 * @param distance  0, 1 or 2
 */
export function editsWithin(
  a: Uint32Array,
  lengthA: number,
  b: Uint32Array,
  lengthB: number,
  distance: number,
): boolean {
  return restWithin(a, 0, lengthA, b, 0, lengthB, distance);
}

function restWithin(
  a: Uint32Array,
  fromA: number,
  endA: number,
  b: Uint32Array,
  fromB: number,
  endB: number,
  left: number,
): boolean {
  let [i, j] = [fromA, fromB];
  while (i < endA && j < endB && a[i] === b[j]) {
    i++;
    j++;
  }
  const longer = endA - i - (endB - j);
  if (longer > left || -longer > left) return false;
  if (i === endA || j === endB) return true;
  if (left === 0) return false;
  const swapped = i + 1 < endA && j + 1 < endB && a[i] === b[j + 1] && a[i + 1] === b[j];
  return (
    restWithin(a, i + 1, endA, b, j + 1, endB, left - 1) ||
    restWithin(a, i + 1, endA, b, j, endB, left - 1) ||
    restWithin(a, i, endA, b, j + 1, endB, left - 1) ||
    (swapped && restWithin(a, i + 2, endA, b, j + 2, endB, left - 1))
  );
}
