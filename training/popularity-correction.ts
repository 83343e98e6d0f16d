/**
 * logQ correction (Yi et al., RecSys 2019): in-batch negatives are drawn as often as they are positives, so popular documents are pushed away
 * too hard; the softmax then takes s cos - ln p_j for every document j of a row, p_j the chance that it stands in a batch. A softmax does
 * not see what is added to a whole row, so that ln p_b - ln p_j added in place bj does the same, and leaves the diagonal as it is.
 * @param blocked  [B, N], row-major; changed in place
 * @param chances  [N], each document's chance, > 0
 */
export function correctForPopularity(blocked: Float32Array, chances: Float64Array): void {
  const count = chances.length;
  const logs = chances.map(Math.log);
  for (let at = 0; at < blocked.length; at++) blocked[at] += logs[Math.floor(at / count)] - logs[at % count];
}

/**
 * The chance of a document at a place of a batch that is drawn from labelled pairs with probability 1 - pseudoShare and from all documents
 * evenly with pseudoShare.
 * @param popularity  [documents], weight of a document's pairs
 */
export function documentChances(popularity: Float64Array, pseudoShare: number): Float64Array {
  const total = popularity.reduce((sum, each) => sum + each, 0);
  const even = 1 / popularity.length;
  if (total === 0) return popularity.map(() => even);
  return popularity.map(each => pseudoShare * even + ((1 - pseudoShare) * each) / total);
}
