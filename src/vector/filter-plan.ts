/** How a graph is searched where not all of its nodes may be found. Costs were measured with 54,667 embeddings, D = 512, `npm run bench -- vectors`. */

/** Nodes near to the query that are looked at first: how many of them may be found says how the filter and the query go together. */
export const approachBreadth = 32;
/** Places from which a walk among some starts beside those near to the query. */
export const seeds = 16;

/** Nodes that are scanned in the time in which a walk among some expands one. */
const scannedPerStep = 45;

/** A scan compares the codes of all that may be found. */
export const isScanned = (accepted: number, breadth: number): boolean => accepted <= scannedPerStep * breadth;

export interface AmongWalk {
  readonly breadth: number;
  /** nodes that one is to lead to */
  readonly ways: number;
}

/**
 * A filter goes against a query where less than a third as many of the nodes near to it may be found as of all nodes: what is found lies far from the query, where
 * nearly equal scores lie close together and links lead elsewhere, so that the walk is broader.
 * @param ef        breadth of a walk among all nodes
 * @param share     of all nodes, (0, 1]: the selectivity
 * @param near      of the nodes near to the query, [0, 1]
 */
export function planAmong(ef: number, share: number, near: number): AmongWalk {
  if (near < share / 3) return { breadth: Math.ceil(1.75 * ef), ways: 32 };
  // a filter that accepts nearly all costs nothing in breadth
  return { breadth: Math.ceil(ef * (near > 0.9 ? 1 : 1.25)), ways: 24 };
}
