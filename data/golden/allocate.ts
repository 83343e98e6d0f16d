/** What is known of a stratum. */
export interface StratumSize {
  /** how often its queries were asked, together, > 0 */
  readonly mass: number;
  /** distinct queries in it, >= 1 */
  readonly queries: number;
}

/**
 * How many queries each stratum gives: in proportion to the square root of its mass, between what is asked (a golden set of head queries alone) and equal parts (rare kinds
 * decide): power allocation, Bankier (The American Statistician 42, 1988) with power 1/2. A stratum with fewer queries gives all, and the others what
 * is left over; whole numbers by largest remainders, of equal ones the first.
 * @param size  wanted in all, >= 0
 * @returns by stratum; they add up to `size`, or to all queries where these are fewer
 */
export function allocate(strata: readonly StratumSize[], size: number): number[] {
  const parts = strata.map(() => 0);
  const open = new Set(strata.keys());
  let left = Math.min(
    size,
    strata.reduce((sum, { queries }) => sum + queries, 0),
  );
  for (;;) {
    const weight = sum(open, stratum => Math.sqrt(strata[stratum].mass));
    const quotaOf = (stratum: number): number => (left * Math.sqrt(strata[stratum].mass)) / weight;
    const full = [...open].filter(stratum => quotaOf(stratum) >= strata[stratum].queries);
    if (full.length === 0) {
      shareOut(parts, [...open], quotaOf, left);
      return parts;
    }
    for (const stratum of full) {
      parts[stratum] = strata[stratum].queries;
      left -= strata[stratum].queries;
      open.delete(stratum);
    }
    if (open.size === 0) return parts;
  }
}

function shareOut(
  parts: number[],
  open: readonly number[],
  quotaOf: (stratum: number) => number,
  wanted: number,
): void {
  for (const stratum of open) parts[stratum] = Math.floor(quotaOf(stratum));
  const remainder = (stratum: number): number => quotaOf(stratum) - Math.floor(quotaOf(stratum));
  const rest = wanted - sum(open, stratum => parts[stratum]);
  for (const stratum of [...open].sort((a, b) => remainder(b) - remainder(a) || a - b).slice(0, rest)) parts[stratum]++;
}

function sum(strata: Iterable<number>, value: (stratum: number) => number): number {
  let total = 0;
  for (const stratum of strata) total += value(stratum);
  return total;
}
