import type { WasmMemory } from '../../src/math/wasm.js';
import type { FeatureBins } from './bins.js';
import type { LambdaTable } from './lambdas.js';

/** Features whose bins share a word of `packed`, a byte each. */
export const featuresPerWord = 4;
/** Numbers of a bin of a histogram: sum of gradients, sum of hessians. */
export const perBin = 2;

/** A feature as the search for splits sees it. */
export interface FeatureLayout {
  readonly kind: FeatureBins['kind'];
  readonly count: number;
  readonly hasRest: boolean;
  readonly monotone: -1 | 0 | 1;
  /** first bin among those of all features */
  readonly firstBin: number;
}

/** What decides whether and where a leaf is split. */
export interface SplitRules {
  /** rows of a leaf at least, where a row counts by its hessian: as many as have so much together on the average */
  readonly minLeaf: number;
  readonly minHessian: number;
  readonly l2: number;
}

/** All that threads share: plain numbers, and arrays over shared memory. Whoever writes which part when is told by `tasks.ts`. */
export interface Workspace {
  /** that all arrays lie in */
  readonly memory: WasmMemory;
  readonly rows: number;
  readonly features: readonly FeatureLayout[];
  /** of all features, and one more for those that fill up the last word */
  readonly bins: number;
  readonly rules: SplitRules;
  /** [words, rows] bins of up to four features a word */
  readonly packed: Uint32Array;
  readonly lambdas: LambdaTable;
  /** [features] 1 where the tree looks at the feature */
  readonly active: Uint8Array;
  /** [rows] rows of the leaves, one leaf behind the other, ascending in each */
  readonly members: Uint32Array;
  /** [2 rows] gradient and hessian of each member, in their order */
  readonly pairs: Float32Array;
  /** what the thread that parts leaves needs aside: members, pairs, sides of a node by bin, and how many went left */
  readonly spare: {
    readonly members: Uint32Array;
    readonly pairs: Float32Array;
    readonly sides: Uint8Array;
    readonly left: Uint32Array;
  };
  /** [slots, bins, 2] */
  readonly histograms: Float64Array;
  /** [threads, 2, splitLength] best split that a thread found for the two leaves that it was asked for */
  readonly found: Float64Array;
  /** what threads tell each other: see `crew.ts` */
  readonly control: Int32Array;
  /** of the task at hand */
  readonly task: Float64Array;
}

export const wordsOf = (features: number): number => Math.ceil(features / featuresPerWord);
