/** How much of the demand a query stands for: few head queries, many in the tail. */
export type QueryClass = 'head' | 'torso' | 'tail';

/**
 * Classes of queries by cumulative weight: by falling weight, the queries that begin in the first third of all weight are the head, those
 * that begin in the second third the torso, the others the tail. A query stands in one class whole, so the heaviest is always head.
 * @param weights  query -> weight >= 0, such as its number of pairs
 * @returns query -> class; queries of equal weight are taken in the order of their text
 */
export function classifyQueries(weights: ReadonlyMap<string, number>): Map<string, QueryClass> {
  const sorted = [...weights].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const total = sorted.reduce((sum, [, weight]) => sum + weight, 0);
  let before = 0;
  return new Map(
    sorted.map(([query, weight]) => {
      const begins = before;
      before += weight;
      return [query, 3 * begins < total ? 'head' : 3 * begins < 2 * total ? 'torso' : 'tail'];
    }),
  );
}

/**
 * Popularity of documents: the sum of the weights of their pairs.
 * @param pairs  `document` is an index in [0, documents)
 * @returns float64 [documents]
 */
export function documentPopularity(
  pairs: Iterable<{ readonly document: number; readonly weight: number }>,
  documents: number,
): Float64Array {
  const popularity = new Float64Array(documents);
  for (const { document, weight } of pairs) popularity[document] += weight;
  return popularity;
}
