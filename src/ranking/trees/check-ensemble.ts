import { TandemError } from '../../errors/tandem-error.js';
import { isCategorical, type Tree, type TreeEnsemble } from './ensemble.js';

/** What an ensemble may hold at most, whoever brings it. */
export const ensembleLimits = {
  features: 10_000,
  trees: 100_000,
  /** of all trees together */
  leaves: 4_000_000,
  /** nodes from a root to a leaf */
  depth: 1_000,
  /** categories of a feature are below it */
  categories: 65_536,
  /** words of sets of categories, of all trees together */
  categoryWords: 8_000_000,
} as const;

/** @throws TandemError 'ranker/too-large' */
export function checkLimit(what: keyof typeof ensembleLimits, count: number): void {
  const limit = ensembleLimits[what];
  if (count > limit) throw new TandemError('ranker/too-large', `${what}: ${count}, at most ${limit}`);
}

/**
 * An ensemble that every reader and writer may walk without looking: indexes in range, each tree a tree, numbers finite.
 * @returns the ensemble
 * @throws TandemError 'ranker/damaged' | 'ranker/too-large'
 */
export function checkEnsemble(ensemble: TreeEnsemble): TreeEnsemble {
  const { features, base, trees } = ensemble;
  checkLimit('features', features.length);
  checkLimit('trees', trees.length);
  if (!Number.isFinite(base)) throw damaged('the base score is not a finite number');
  if (features.length === 0) throw damaged('no features');
  if (new Set(features.map(({ name }) => name)).size < features.length) throw damaged('two features have one name');
  let [leaves, words] = [0, 0];
  trees.forEach((tree, t) => {
    leaves += tree.value.length;
    words += tree.categories.length;
    checkLimit('leaves', leaves);
    checkLimit('categoryWords', words);
    const fault = shapeFault(tree) ?? nodeFault(tree, ensemble) ?? pathFault(tree);
    if (fault !== undefined) throw damaged(`tree ${t}: ${fault}`);
    checkLimit('depth', depthOf(tree));
  });
  return ensemble;
}

const damaged = (message: string): TandemError => new TandemError('ranker/damaged', message);

function shapeFault({ feature, categoryStart, categories, value, leafCover, ...rest }: Tree): string | undefined {
  const nodes = feature.length;
  const { threshold, left, right, defaultLeft, gain, cover } = rest;
  if ([threshold, left, right, defaultLeft, gain, cover].some(({ length }) => length !== nodes))
    return 'lists of its nodes differ in length';
  if (value.length !== nodes + 1 || leafCover.length !== nodes + 1)
    return `${nodes} nodes want ${nodes + 1} leaves, it has ${value.length}`;
  if (categoryStart.length !== nodes + 1 || categoryStart[0] !== 0 || categoryStart[nodes] !== categories.length)
    return 'its categories do not fit its nodes';
  for (let node = 0; node < nodes; node++) {
    const count = categoryStart[node + 1] - categoryStart[node];
    if (count < 0) return 'its categories do not fit its nodes';
    if (count * 32 > ensembleLimits.categories) return `a category of ${ensembleLimits.categories} or above`;
  }
  return undefined;
}

function nodeFault(tree: Tree, { features }: TreeEnsemble): string | undefined {
  for (let node = 0; node < tree.feature.length; node++) {
    const feature = features[tree.feature[node]];
    if (feature === undefined) return `node ${node} asks for feature ${tree.feature[node]} of ${features.length}`;
    if ((feature.kind === 'category') !== isCategorical(tree, node))
      return `node ${node} does not fit feature ${feature.name}, which is a ${feature.kind}`;
  }
  const numbers = [tree.threshold, tree.gain, tree.value];
  const covers = [tree.cover, tree.leafCover];
  if (!numbers.every(list => list.every(Number.isFinite))) return 'a number that is not finite';
  return covers.every(list => list.every(cover => cover >= 0 && cover < Number.POSITIVE_INFINITY))
    ? undefined
    : 'a cover below 0';
}

/** Children stand behind their parents, so that no way goes round; and each is the child of one. */
function pathFault({ feature, left, right }: Tree): string | undefined {
  const nodes = feature.length;
  const seen = new Uint8Array(2 * nodes + 1);
  for (let node = 0; node < nodes; node++) {
    for (const child of [left[node], right[node]]) {
      const place = child < 0 ? nodes + ~child : child;
      if (child >= nodes || ~child > nodes || (child >= 0 && child <= node) || seen[place] === 1)
        return `node ${node} has no child ${child}`;
      seen[place] = 1;
    }
  }
  return undefined;
}

function depthOf({ feature, left, right }: Tree): number {
  const depths = new Uint32Array(feature.length).fill(1);
  let most = 0;
  for (let node = 0; node < feature.length; node++) {
    most = Math.max(most, depths[node]);
    for (const child of [left[node], right[node]]) if (child >= 0) depths[child] = depths[node] + 1;
  }
  return most;
}
