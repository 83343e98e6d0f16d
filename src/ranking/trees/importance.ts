import type { TreeEnsemble } from './ensemble.js';

/** By feature. */
export interface Importance {
  /** what its splits took off the loss of training, all together */
  readonly gain: Float64Array;
  /** nodes that ask for it */
  readonly splits: Uint32Array;
}

/** How much the trees rest on each feature. */
export function importance({ features, trees }: TreeEnsemble): Importance {
  const gain = new Float64Array(features.length);
  const splits = new Uint32Array(features.length);
  for (const tree of trees)
    tree.feature.forEach((feature, node) => {
      gain[feature] += tree.gain[node];
      splits[feature]++;
    });
  return { gain, splits };
}
