import { keyOf, nodeIn, scoreAll, scoreOf } from './codes';
import { linksOf, m0 } from './layout';
import { acceptedAt, freshAt, keysAt, poolAt } from './thread';
import { ask, descend, forget, poolSize, setPoolSize, take, together, visit, widen } from './walk';

/** Walks among the nodes of the set `acceptedAt`, after ACORN (Patel et al., SIGMOD 2024). */

@inline
function isAccepted(node: u32): bool {
  return ((load<u8>(acceptedAt + (node >> 3)) >> <u8>(node & 7)) & 1) != 0;
}

/** Leaves in the pool what may be found. @returns how many */
export function keepAccepted(): u32 {
  let kept: u32 = 0;
  for (let i: u32 = 0; i < poolSize; i++) {
    const key = load<u64>(poolAt + 8 * i);
    if (isAccepted(nodeIn(key))) store<u64>(poolAt + 8 * kept++, key);
  }
  setPoolSize(kept);
  return kept;
}

/** Walks among all nodes to those near to the query: there a walk among some begins. @returns how many of them may be found */
export function approach(entry: u32, top: u32, nodes: u32, ef: u32): u32 {
  descend(entry, top, 0);
  forget(nodes);
  visit(nodeIn(load<u64>(poolAt)));
  widen(0, ef, false);
  let accepted: u32 = 0;
  for (let i: u32 = 0; i < poolSize; i++) if (isAccepted(nodeIn(load<u64>(poolAt + 8 * i)))) accepted++;
  return accepted;
}

/** The links of a node are asked of the memory before they are needed; what comes of it is never read. */
let asking: u32 = 0;

@inline
function askLinks(node: u32): void {
  const list = linksOf(node);
  for (let line: u32 = 0; line < 4 * m0; line += 64) asking += load<u32>(list + line);
}

@inline
function gatherOne(link: u32, fresh: u32): u32 {
  if (!visit(link)) return fresh;
  store<u32>(freshAt + 4 * fresh, link);
  ask(link);
  return fresh + 1;
}

/**
 * Neighbours that may be found and were not visited yet; through those that may not be found on to their neighbours, until it has as many neighbours as `ways`. Those that were
 * visited count: where the walk has been there is little left to find.
 */
function gatherAccepted(node: u32, ways: u32): u32 {
  const list = linksOf(node);
  let fresh: u32 = 0;
  let met: u32 = 0;
  let others: u32 = 0;
  for (let at = list, end = list + 4 * m0; at < end; at += 4) {
    const link = load<u32>(at);
    if (link == 0) break;
    if (isAccepted(link - 1)) {
      met++;
      fresh = gatherOne(link - 1, fresh);
    } else {
      others++;
      askLinks(link - 1);
    }
  }
  for (let at = list; others > 0 && met < ways; at += 4) {
    const link = load<u32>(at) - 1;
    if (isAccepted(link)) continue;
    others--;
    if (!visit(link)) continue;
    const further = linksOf(link);
    for (let next = further, end = further + 4 * m0; next < end && met < ways; next += 4) {
      const behind = load<u32>(next);
      if (behind == 0) break;
      if (!isAccepted(behind - 1)) continue;
      met++;
      fresh = gatherOne(behind - 1, fresh);
    }
  }
  return fresh;
}

/** Puts nodes that may be found into the pool, from places spread evenly over all: near to the query there may be none. */
function spread(seeds: u32, nodes: u32, ef: u32): void {
  for (let i: u32 = 0; i < seeds; i++) {
    const from = <u32>((<u64>nodes * i) / seeds);
    const to = <u32>((<u64>nodes * (i + 1)) / seeds);
    for (let node = from; node < to; node++) {
      if (!isAccepted(node)) continue;
      if (visit(node)) take(keyOf(scoreOf(node), node), ef);
      break;
    }
  }
}

/**
 * The nearest nodes that a walk among those that may be found comes to, in the pool; it follows on `approach`.
 * @param ef     breadth; what `approach` came to has room beside it
 * @param ways   neighbours that one is to have, as far as neighbours of neighbours go
 * @param seeds  places from which it starts beside those near to the query
 * @returns how many
 */
export function searchAmong(nodes: u32, ef: u32, ways: u32, seeds: u32): u32 {
  const room = poolSize + ef;
  forget(nodes);
  for (let i: u32 = 0; i < poolSize; i++) {
    const key = load<u64>(poolAt + 8 * i) & ~1;
    store<u64>(poolAt + 8 * i, key);
    visit(nodeIn(key));
  }
  spread(seeds, nodes, room);
  let next: u32 = 0;
  while (next < poolSize) {
    const key = load<u64>(poolAt + 8 * next);
    if (key & 1) {
      next++;
      continue;
    }
    store<u64>(poolAt + 8 * next, key | 1);
    const fresh = gatherAccepted(nodeIn(key), ways);
    scoreAll(freshAt, fresh, keysAt);
    let lowest: u32 = next + 1;
    for (let i: u32 = 0; i < fresh; i++) lowest = min(lowest, take(load<u64>(keysAt + 8 * i), room));
    next = lowest;
  }
  return keepAccepted();
}

/** Scores the nodes that wait and keeps the best. */
@inline
function takeWaiting(waiting: u32, keep: u32): void {
  scoreAll(freshAt, waiting, keysAt);
  for (let i: u32 = 0; i < waiting; i++) take(load<u64>(keysAt + 8 * i), keep);
}

/** The nearest of all nodes that may be found, in the pool. @returns how many */
export function scanAccepted(nodes: u32, keep: u32): u32 {
  setPoolSize(0);
  let waiting: u32 = 0;
  for (let word: u32 = 0; word < nodes; word += 32) {
    let bits = load<u32>(acceptedAt + (word >> 3));
    while (bits != 0) {
      const node = word + ctz(bits);
      bits &= bits - 1;
      store<u32>(freshAt + 4 * waiting++, node);
      ask(node);
    }
    if (waiting < together && word + 32 < nodes) continue;
    takeWaiting(waiting, keep);
    waiting = 0;
  }
  return poolSize;
}

/** The nearest of all nodes, in the pool. @returns how many */
export function scanAll(nodes: u32, keep: u32): u32 {
  setPoolSize(0);
  for (let node: u32 = 0; node < nodes; ) {
    let waiting: u32 = 0;
    for (; node < nodes && waiting < together; node++) store<u32>(freshAt + 4 * waiting++, node);
    takeWaiting(waiting, keep);
  }
  return poolSize;
}
