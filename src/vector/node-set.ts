/** Some nodes of a graph. */
export interface NodeSet {
  /** bit `node & 31` of word `node >>> 5`; nodes behind the last word are not in it */
  readonly bits: Uint32Array;
  /** nodes in it */
  readonly count: number;
}

export const holdsNode = ({ bits }: NodeSet, node: number): boolean => (bits[node >>> 5] & (1 << (node & 31))) !== 0;
