/**
 * Orders all suffixes of a sequence by their first `depth` symbols (prefix doubling with counting sorts: Manber & Myers, 1993,
 * stopped at `depth`, since a piece is no longer than that).
 * @param symbols  int32 [n], each >= 0
 * @param depth    a power of two
 * @returns int32 [n], positions in order; suffixes with equal first `depth` symbols by position
 */
export function orderSuffixes(symbols: Int32Array, depth: number): Int32Array {
  const n = symbols.length;
  const order = Int32Array.from(symbols.keys());
  const ranks = denseRanks(symbols);
  let next = new Int32Array(n);
  let classes = sortByKey(order, ranks, next);
  order.set(next);
  for (let width = 1; width < depth && classes < n; width *= 2) {
    // by the second half first, then stably by the first half
    const second = new Int32Array(n);
    for (let i = 0; i < n; i++) second[i] = i + width < n ? ranks[i + width] + 1 : 0;
    for (let i = 0; i < n; i++) order[i] = i;
    next = new Int32Array(n);
    sortByKey(order, second, next);
    sortByKey(next, ranks, order);
    classes = rerank(order, ranks, second);
  }
  return order;
}

/** Symbols -> 0..k-1 in their order. */
function denseRanks(symbols: Int32Array): Int32Array {
  const rankOf = new Map([...new Set(symbols)].sort((a, b) => a - b).map((symbol, rank) => [symbol, rank]));
  return symbols.map(symbol => rankOf.get(symbol)!);
}

/** Stable counting sort of `order` by key[position] into `target`. @returns number of distinct keys at most used, max + 1 */
function sortByKey(order: Int32Array, keys: Int32Array, target: Int32Array): number {
  let largest = 0;
  for (const key of keys) if (key > largest) largest = key;
  const begin = new Int32Array(largest + 2);
  for (const key of keys) begin[key + 1]++;
  for (let key = 0; key <= largest; key++) begin[key + 1] += begin[key];
  for (const position of order) target[begin[keys[position]]++] = position;
  return largest + 1;
}

/** New ranks from the order by (rank, second); in place. @returns number of classes */
function rerank(order: Int32Array, ranks: Int32Array, second: Int32Array): number {
  const fresh = new Int32Array(order.length);
  let rank = 0;
  for (let i = 1; i < order.length; i++) {
    const [before, here] = [order[i - 1], order[i]];
    if (ranks[before] !== ranks[here] || second[before] !== second[here]) rank++;
    fresh[here] = rank;
  }
  ranks.set(fresh);
  return rank + 1;
}
