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
