/** An input of an ensemble. */
export interface EnsembleFeature {
  readonly name: string;
  /** A category is a whole number >= 0; numbers are compared with thresholds. */
  readonly kind: 'number' | 'category';
  /** 1: the score never falls when the feature rises; -1: it never rises. Numbers alone. */
  readonly monotone?: -1 | 0 | 1;
}

/**
 * A binary regression tree in flat arrays. Node 0 is the root, where there are nodes; a child c >= 0 is node c, c < 0 is leaf ~c. A child's number is greater
 * than its parent's, and every leaf and every node but the root is the child of one node. A tree without nodes is its leaf 0.
 */
export interface Tree {
  /** [nodes] */
  readonly feature: Int32Array;
  /** [nodes] value <= threshold goes left; 0 where the node asks for categories */
  readonly threshold: Float64Array;
  /** [nodes] */
  readonly left: Int32Array;
  /** [nodes] */
  readonly right: Int32Array;
  /** [nodes] 1 where what is missing (NaN) goes left */
  readonly defaultLeft: Uint8Array;
  /** [nodes + 1] node i asks for the categories in words categoryStart[i] .. categoryStart[i + 1] of `categories`; no words: it compares with its threshold */
  readonly categoryStart: Int32Array;
  /** Category c goes left where bit c & 31 of word c >>> 5 of its node is set, right where not. */
  readonly categories: Uint32Array;
  /** [nodes] what the split took off the loss of training; 0 where it is not known */
  readonly gain: Float64Array;
  /** [nodes] training rows that came by, or their hessians: what expectations are weighed by */
  readonly cover: Float64Array;
  /** [leaves] what the leaf adds to the score */
  readonly value: Float64Array;
  /** [leaves] as `cover` */
  readonly leafCover: Float64Array;
}

/** Sum of regression trees: score = base + one leaf of each tree. */
export interface TreeEnsemble {
  readonly features: readonly EnsembleFeature[];
  readonly base: number;
  readonly trees: readonly Tree[];
}

/** Whether the node asks for categories. */
export const isCategorical = ({ categoryStart }: Tree, node: number): boolean =>
  categoryStart[node + 1] > categoryStart[node];

/**
 * Whether a value goes left at a node.
 * @param value  NaN is missing; of a category its whole part counts, and one that the node does not name goes right
 */
export function goesLeft(tree: Tree, node: number, value: number): boolean {
  if (Number.isNaN(value)) return tree.defaultLeft[node] === 1;
  if (!isCategorical(tree, node)) return value <= tree.threshold[node];
  return hasCategory(tree.categories, tree.categoryStart[node], tree.categoryStart[node + 1], value);
}

/** Whether the words from..to of a set of categories have a value. */
export function hasCategory(words: Uint32Array, from: number, to: number, value: number): boolean {
  if (!(value > -1 && value < (to - from) * 32)) return false;
  const category = Math.trunc(value);
  return (words[from + (category >>> 5)] & (1 << (category & 31))) !== 0;
}
