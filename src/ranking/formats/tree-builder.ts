import type { Tree } from '../trees/ensemble.js';

/** A node of a tree as a format has it; children as in `Tree`. */
export interface NodeRecord {
  readonly feature: number;
  /** numbers: what is at most it goes left */
  readonly threshold: number;
  /** categories that go left; undefined: it compares with the threshold */
  readonly categories?: Uint32Array;
  readonly left: number;
  readonly right: number;
  readonly defaultLeft: boolean;
  readonly gain: number;
  readonly cover: number;
}

export interface LeafRecord {
  readonly value: number;
  readonly cover: number;
}

/** The tree of nodes and leaves in their order. */
export function buildTree(nodes: readonly NodeRecord[], leaves: readonly LeafRecord[]): Tree {
  const starts = new Int32Array(nodes.length + 1);
  nodes.forEach(({ categories }, node) => {
    starts[node + 1] = starts[node] + (categories?.length ?? 0);
  });
  const categories = new Uint32Array(starts[nodes.length]);
  nodes.forEach((node, i) => {
    if (node.categories) categories.set(node.categories, starts[i]);
  });
  return {
    feature: Int32Array.from(nodes, ({ feature }) => feature),
    threshold: Float64Array.from(nodes, ({ threshold }) => threshold),
    left: Int32Array.from(nodes, ({ left }) => left),
    right: Int32Array.from(nodes, ({ right }) => right),
    defaultLeft: Uint8Array.from(nodes, ({ defaultLeft }) => (defaultLeft ? 1 : 0)),
    categoryStart: starts,
    categories,
    gain: Float64Array.from(nodes, ({ gain }) => gain),
    cover: Float64Array.from(nodes, ({ cover }) => cover),
    value: Float64Array.from(leaves, ({ value }) => value),
    leafCover: Float64Array.from(leaves, ({ cover }) => cover),
  };
}

/** Categories as words, bit c & 31 of word c >>> 5 set. @param categories  at least one, each from 0 to below the limit of `ensembleLimits` */
export function asWords(categories: Iterable<number>): Uint32Array {
  const all = [...categories];
  const words = new Uint32Array((all.reduce((most, category) => Math.max(most, category), 0) >>> 5) + 1);
  for (const category of all) words[category >>> 5] |= 1 << (category & 31);
  return words;
}
