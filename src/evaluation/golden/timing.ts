/** The value that a part of all does not exceed (nearest rank); 0 of none. @param part  in [0, 1] */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
}

/** The order in which n things take turns: each once a round, a round begins with another one than that before. */
export const turns = (n: number, rounds: number): number[] =>
  Array.from({ length: n * rounds }, (_, turn) => (turn + Math.floor(turn / n)) % n);
