import { withinOneError } from '../tune-fusion.js';
import type { Point } from './measure-points.js';
import type { DeeperWalk, Walk } from './walks.js';

/** Fewer judged queries than this do not tell one ranking from another: agreement decides then. */
export const leastJudged = 50;

/**
 * Whether a ranking of other candidates, or with another depth of the ranker, is as good as the broadest: where enough queries are judged, its nDCG@10 is not lower by more
 * than one standard error of the difference; otherwise it agrees with it in its first 10 hits as far as is wanted. Another order need not be a worse one, so
 * judgements have the say where there are any.
 * @param wanted  overlap@10, [0, 1]
 */
export function isAsGood(point: Point, broadest: Point, wanted: number): boolean {
  if (point.ndcg.length < leastJudged) return point.overlap >= wanted;
  return withinOneError(broadest.ndcg.map((value, at) => value - point.ndcg[at]));
}

/**
 * The first point, the cheapest, from which on all are as good as is wanted: a lucky one among worse ones is not taken. Where the last one is not good either it is
 * that one.
 * @returns no point where there are none
 */
export function cheapest<T>(
  points: readonly T[],
  isGood: (point: T) => boolean,
): { readonly point: T | undefined; readonly reached: boolean } {
  let first = points.length;
  while (first > 0 && isGood(points[first - 1])) first--;
  return { point: points[Math.min(first, points.length - 1)], reached: first < points.length };
}

/** A breadth of the first page: the walk by itself, and the hybrid that it is part of. */
export interface Breadth {
  readonly walk: Walk;
  readonly hybrid: Point;
}

/** The vector side finds so much of its 10 nearest, and the hybrid gives so many of the first 10 hits of the broadest one. */
export const isWhole = ({ walk, hybrid }: Breadth, wanted: number): boolean =>
  walk.recall10 >= wanted && hybrid.overlap >= wanted;

export const isDeepEnough = ({ recall }: DeeperWalk, wanted: number): boolean => recall >= wanted;
