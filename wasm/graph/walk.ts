import { keyOf, nodeIn, scoreAll, scoreOf } from './codes';
import { codeBytes, codeOf, listOf, roomOf } from './layout';
import { freshAt, keysAt, poolAt, resultsAt, visitedAt } from './thread';

/** Asks whether a node may be found. */
@external("graph", "accepts")
declare function accepts(node: u32): bool;

/** nodes in the pool, which is sorted, best first */
export let poolSize: u32 = 0;
let resultsSize: u32 = 0;

@inline
export function setPoolSize(size: u32): void {
  poolSize = size;
}

/** @returns whether it was not visited before */
@inline
export function visit(node: u32): bool {
  const at = visitedAt + (node >> 3);
  const byte = load<u8>(at);
  const bit: u8 = 1 << <u8>(node & 7);
  if (byte & bit) return false;
  store<u8>(at, byte | bit);
  return true;
}

/** Forgets what was visited. @param nodes  of the graph */
export function forget(nodes: u32): void {
  memory.fill(visitedAt, 0, (nodes + 7) >> 3);
}

/** Puts a key into a sorted list, at its end falls what has no room. @returns its place */
@inline
export function insert(list: u32, size: u32, room: u32, key: u64): u32 {
  let low: u32 = 0;
  let high = size;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<u64>(list + 8 * middle) < key) low = middle + 1;
    else high = middle;
  }
  const place = list + 8 * low;
  let at = list + 8 * min(size, room - 1);
  for (; at >= place + 16; at -= 16) v128.store(at - 8, v128.load(at - 16));
  if (at > place) store<u64>(at, load<u64>(at - 8));
  store<u64>(place, key);
  return low;
}

@inline
export function fits(list: u32, size: u32, room: u32, key: u64): bool {
  return size < room || key < load<u64>(list + 8 * (room - 1));
}

/** Puts a node that was scored among the results, if it may be found. */
@inline
function offer(key: u64, keep: u32): void {
  if (!fits(resultsAt, resultsSize, keep, key) || !accepts(nodeIn(key))) return;
  insert(resultsAt, resultsSize, keep, key);
  if (resultsSize < keep) resultsSize++;
}

/** The codes are asked of the memory before they are needed; what comes of it is never read. */
let asking: u32 = 0;

@inline
export function ask(node: u32): void {
  const code = codeOf(node);
  for (let line: u32 = 0; line < codeBytes; line += 64) asking += load<u8>(code + line);
}

/** Neighbours that were not visited yet. @returns how many */
@inline
function gather(list: u32, room: u32): u32 {
  let fresh: u32 = 0;
  for (let at = list, end = list + 4 * room; at < end; at += 4) {
    const link = load<u32>(at);
    if (link == 0) break;
    if (!visit(link - 1)) continue;
    store<u32>(freshAt + 4 * fresh++, link - 1);
    ask(link - 1);
  }
  return fresh;
}

/** Puts a key into the pool, if it fits. @returns its place; behind all places where it does not fit */
@inline
export function take(key: u64, ef: u32): u32 {
  if (!fits(poolAt, poolSize, ef, key)) return u32.MAX_VALUE;
  const place = insert(poolAt, poolSize, ef, key);
  if (poolSize < ef) poolSize++;
  return place;
}

/**
 * Widens the pool on a level until all that is in it is expanded.
 * @param ef      breadth
 * @param filters  whether `accepts` is asked which nodes may be found
 */
export function widen(level: u32, ef: u32, filters: bool): void {
  const room = roomOf(level);
  let next: u32 = 0;
  while (next < poolSize) {
    const key = load<u64>(poolAt + 8 * next);
    if (key & 1) {
      next++;
      continue;
    }
    store<u64>(poolAt + 8 * next, key | 1);
    const list = listOf(nodeIn(key), level);
    const fresh = gather(list, room);
    scoreAll(freshAt, fresh, keysAt);
    let lowest: u32 = next + 1;
    for (let i: u32 = 0; i < fresh; i++) {
      const found = load<u64>(keysAt + 8 * i);
      if (filters) offer(found, ef);
      lowest = min(lowest, take(found, ef));
    }
    next = lowest;
  }
}

/** Goes on from what is in the pool on a level. */
export function widenFromPool(level: u32, ef: u32, nodes: u32): void {
  forget(nodes);
  for (let at = poolAt, end = poolAt + 8 * poolSize; at < end; at += 8) {
    const key = load<u64>(at) & ~1;
    store<u64>(at, key);
    visit(nodeIn(key));
  }
  poolSize = min(poolSize, ef);
  widen(level, ef, false);
}

/** Nodes that are scored in one go. */
export const together: u32 = 16;

/** Puts the nodes of a stretch into the pool as far as they fit, all but one: they do not lead to each other yet. */
export function offerStretch(but: u32, from: u32, to: u32, ef: u32): void {
  for (let node = from; node < to; ) {
    let waiting: u32 = 0;
    for (; node < to && waiting < together; node++) if (node != but) store<u32>(freshAt + 4 * waiting++, node);
    scoreAll(freshAt, waiting, keysAt);
    for (let i: u32 = 0; i < waiting; i++) take(load<u64>(keysAt + 8 * i), ef);
  }
}

/** From the entry to the nearest node of the level above `to` that a walk by single nodes comes to; it is what the pool begins with. */
export function descend(entry: u32, from: u32, to: u32): void {
  let best = keyOf(scoreOf(entry), entry);
  for (let level = from; level > to; level--) {
    for (let moved = true; moved; ) {
      moved = false;
      const list = listOf(nodeIn(best), level);
      const room = roomOf(level);
      let count: u32 = 0;
      for (; count < room; count++) {
        const link = load<u32>(list + 4 * count);
        if (link == 0) break;
        store<u32>(freshAt + 4 * count, link - 1);
      }
      scoreAll(freshAt, count, keysAt);
      for (let i: u32 = 0; i < count; i++) {
        const key = load<u64>(keysAt + 8 * i);
        if (key >= best) continue;
        best = key;
        moved = true;
      }
    }
  }
  store<u64>(poolAt, best);
  poolSize = 1;
}

/**
 * The nearest nodes that a walk comes to, sorted by score: in the results where not all may be found, else in the pool.
 * @param ef       breadth, and results at most
 * @param filters  whether `accepts` is asked which nodes may be found
 * @returns how many
 */
export function search(entry: u32, top: u32, nodes: u32, ef: u32, filters: bool): u32 {
  descend(entry, top, 0);
  forget(nodes);
  resultsSize = 0;
  const first = load<u64>(poolAt);
  visit(nodeIn(first));
  if (filters) offer(first, ef);
  widen(0, ef, filters);
  return filters ? resultsSize : poolSize;
}
