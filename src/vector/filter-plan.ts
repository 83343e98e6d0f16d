/** How a graph is searched where not all of its nodes may be found. Costs were measured with 54,667 embeddings, D = 512, `npm run bench -- vector-filters`. */

/** Places from which a walk among some starts beside those near to the query. */
export const seeds = 16;

/** Nodes that are scanned in the time in which a walk among some expands one. */
const scannedPerStep = 60;

/** A scan compares the codes of all that may be found. It misses none of them, so that it is taken where it costs up to twice a walk. */
export const isScanned = (accepted: number, breadth: number): boolean => accepted <= scannedPerStep * breadth;

/** Nodes near to the query that are looked at first: how many of them may be found says how the filter and the query go together, and they lead to those that may be found. */
const approachBreadth = 64;
/** Of all nodes: where so many may be found, a walk among all is likely to find enough of them. */
const mostlyAccepted = 0.8;

/**
 * Breadth of the walk among all nodes that comes first.
 * @param ef     breadth of a walk where all may be found
 * @param share  of all nodes, (0, 1]: the selectivity
 */
export const planApproach = (ef: number, share: number): number =>
  share < mostlyAccepted ? approachBreadth : Math.ceil((1.1 * ef) / share);

export interface AmongWalk {
  readonly breadth: number;
  /** neighbours that one is to have, as far as neighbours of neighbours go */
  readonly ways: number;
}

/**
 * A filter goes against a query where less than a third as many of the nodes near to it may be found as of all nodes: what is found lies far from the query, where
 * nearly equal scores lie close together and links lead elsewhere. There nodes have more ways, and the fewer nodes may be found, the broader the walk is.
 * @param near  of the nodes near to the query, [0, 1]
 */
export function planAmong(ef: number, share: number, near: number): AmongWalk {
  if (near >= share / 3) return { breadth: ef, ways: 24 };
  return { breadth: Math.ceil(ef * Math.min(2, Math.max(1, 0.5 / share))), ways: 36 };
}
