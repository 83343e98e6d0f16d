/**
 * Which in-batch documents must not count as negatives: those of the same document as the row's positive, and those whose query is
 * the same as the row's. The diagonal stays open.
 * @param queries    B keys; equal keys are equal queries
 * @param documents  B document numbers
 * @returns float32 [B, B], 0 or -1e9
 */
export function blockDuplicates(queries: readonly string[], documents: readonly number[]): Float32Array {
  const size = queries.length;
  const blocked = new Float32Array(size * size);
  const block = (group: readonly number[]): void => {
    for (const a of group) for (const b of group) if (a !== b) blocked[a * size + b] = -1e9;
  };
  for (const group of groupRows(queries)) block(group);
  for (const group of groupRows(documents)) block(group);
  return blocked;
}

/** Rows that share a key, for keys that occur more than once. */
function groupRows<T>(keys: readonly T[]): number[][] {
  const groups = new Map<T, number[]>();
  keys.forEach((key, row) => {
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  });
  return [...groups.values()].filter(group => group.length > 1);
}
