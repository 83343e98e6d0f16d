import { closedPlace } from './losses.js';

/**
 * Which documents must not count as negatives of a row: those of the same document as the row's positive, those whose query is the same
 * as the row's, and those of the negatives that are positives of its query. The diagonal stays open.
 * @param queries    B keys; equal keys are equal queries
 * @param documents  B document numbers
 * @param negatives  M document numbers that every row has beside these
 * @param positives  by query key; needed where there are negatives
 * @returns float32 [B, B + M], 0 or `closedPlace`
 */
export function blockDuplicates(
  queries: readonly string[],
  documents: readonly number[],
  negatives: readonly number[] = [],
  positives: ReadonlyMap<string, ReadonlySet<number>> = new Map(),
): Float32Array {
  const size = queries.length;
  const columns = size + negatives.length;
  const blocked = new Float32Array(size * columns);
  const block = (group: readonly number[]): void => {
    for (const a of group) for (const b of group) if (a !== b) blocked[a * columns + b] = closedPlace;
  };
  for (const group of groupRows(queries)) block(group);
  for (const group of groupRows(documents)) block(group);
  if (negatives.length === 0) return blocked;
  queries.forEach((query, row) => {
    const known = positives.get(query);
    negatives.forEach((document, i) => {
      if (document === documents[row] || known?.has(document)) blocked[row * columns + size + i] = closedPlace;
    });
  });
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
