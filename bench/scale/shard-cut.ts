/** The chances that 0, 1, ... n of n things fall to one of several shards, each with the same chance. */
function fallingTo(n: number, shards: number): number[] {
  const p = 1 / shards;
  if (shards === 1) return [...Array<number>(n).fill(0), 1];
  const chances = [(1 - p) ** n];
  for (let x = 1; x <= n; x++) chances.push((chances[x - 1] * (n - x + 1) * p) / (x * (1 - p)));
  return chances;
}

/**
 * The share of the k best hits that are found where documents lie in shards by chance and each shard gives its best `each`: what falls to a shard beyond these is lost.
 * E[min(X, each)] shards / k, X binomial (k, 1 / shards).
 */
export const recallOfCut = (k: number, shards: number, each: number): number =>
  (shards / k) * fallingTo(k, shards).reduce((sum, chance, x) => sum + chance * Math.min(x, each), 0);

/** The fewest hits that each shard must give. @param wanted  share of the k best that are to be found, below 1 */
export function leastOfShard(k: number, shards: number, wanted: number): number {
  for (let each = 1; each < k; each++) if (recallOfCut(k, shards, each) >= wanted) return each;
  return k;
}
