/** What a graph came to at one breadth. */
export interface Point {
  readonly recall: number;
  /** a query */
  readonly seconds: number;
}

/**
 * Queries a second at a recall, on the line between the two breadths about it; undefined where none was below or none above.
 * @param points  recall ascending
 */
export function rateAtRecall(points: readonly Point[], recall: number): number | undefined {
  const above = points.findIndex(point => point.recall >= recall);
  if (above < 0) return undefined;
  const high = points[above];
  if (high.recall === recall) return 1 / high.seconds;
  if (above === 0) return undefined;
  const low = points[above - 1];
  const share = (recall - low.recall) / (high.recall - low.recall);
  return 1 / (low.seconds + share * (high.seconds - low.seconds));
}
