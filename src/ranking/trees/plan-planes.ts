import { isCategorical, type TreeEnsemble } from './ensemble.js';

/** Thresholds of a feature, ascending, that share two planes: a row's byte is how many of them are below its value; what is missing has 0 in the one, 255 in the other. */
export interface NumericPlane {
  readonly feature: number;
  readonly thresholds: Float64Array;
  /** for nodes that send what is missing left; the plane behind it is for the others */
  readonly plane: number;
}

/** A set of categories: a row's byte is 0 where it goes left, else 1. */
export interface CategoricalPlane {
  readonly feature: number;
  readonly words: Uint32Array;
  readonly defaultLeft: boolean;
  readonly plane: number;
}

/** What all nodes of an ensemble ask of a row, each question once. */
export interface PlanePlan {
  readonly planes: number;
  readonly numeric: readonly NumericPlane[];
  readonly categorical: readonly CategoricalPlane[];
  /** A row goes right at the node where its byte in the plane is above the bound. */
  readonly of: readonly { readonly plane: Int32Array; readonly bound: Uint8Array }[];
}

/** Thresholds that a byte can count, and 255 is still above. */
const mostThresholds = 254;

export function planPlanes({ features, trees }: TreeEnsemble): PlanePlan {
  const asked = features.map(() => new Set<number>());
  for (const tree of trees)
    tree.feature.forEach((feature, node) => {
      if (!isCategorical(tree, node)) asked[feature].add(tree.threshold[node]);
    });
  const numeric: NumericPlane[] = [];
  let planes = 0;
  /** by feature and threshold: how manieth of which plane */
  const places = asked.map((thresholds, feature) => {
    const sorted = Float64Array.from(thresholds).sort();
    const first = planes;
    for (let from = 0; from < sorted.length; from += mostThresholds, planes += 2)
      numeric.push({ feature, thresholds: sorted.slice(from, from + mostThresholds), plane: planes });
    return new Map(
      Array.from(sorted, (threshold, i) => [
        threshold,
        { plane: first + 2 * Math.floor(i / mostThresholds), bound: i % mostThresholds },
      ]),
    );
  });
  const categorical: CategoricalPlane[] = [];
  const of = trees.map(tree => {
    const plane = new Int32Array(tree.feature.length);
    const bound = new Uint8Array(tree.feature.length);
    tree.feature.forEach((feature, node) => {
      const defaultLeft = tree.defaultLeft[node] === 1;
      const place = isCategorical(tree, node) ? undefined : places[feature].get(tree.threshold[node]);
      if (place !== undefined) {
        plane[node] = place.plane + (defaultLeft ? 0 : 1);
        bound[node] = place.bound;
        return;
      }
      const words = tree.categories.slice(tree.categoryStart[node], tree.categoryStart[node + 1]);
      categorical.push({ feature, words, defaultLeft, plane: planes });
      plane[node] = planes++;
    });
    return { plane, bound };
  });
  return { planes, numeric, categorical, of };
}
