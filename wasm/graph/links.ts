import { compare, keyOf, nodeIn, otherByRow, queryByRow, scoreIn, scoreOf } from './codes';
import { levelOf, listOf, m, roomOf, scaleOf } from './layout';
import { otherAt, poolAt } from './thread';
import { descend, insert, offerStretch, poolSize, setPoolSize, widenFromPool } from './walk';

/**
 * Of the candidates in the pool, best first, those that lie nearer to the node than to any chosen before (Malkov & Yashunin, 2018, algorithm 4), as its links.
 * Scores of the pool lack the scale of the node, which its row was taken for.
 */
function choose(node: u32, list: u32, room: u32): void {
  const scale = load<f32>(scaleOf(node));
  let chosen: u32 = 0;
  for (let i: u32 = 0; i < poolSize && chosen < room; i++) {
    const key = load<u64>(poolAt + 8 * i);
    const candidate = nodeIn(key);
    if (candidate == node) continue;
    const score = scoreIn(key) * scale;
    let isNew = true;
    if (chosen > 0) {
      const offset = otherByRow(candidate);
      const own = load<f32>(scaleOf(candidate));
      for (let c: u32 = 0; c < chosen; c++) {
        if (compare(otherAt, offset, load<u32>(list + 4 * c) - 1) * own < score) continue;
        isNew = false;
        break;
      }
    }
    if (isNew) store<u32>(list + 4 * chosen++, candidate + 1);
  }
  for (let i = chosen; i < room; i++) store<u32>(list + 4 * i, 0);
}

/**
 * Finds the links of a node that nothing links to yet, among those before its stretch by a walk, and on the lowest level among those of its stretch by comparing them all: what comes
 * together, such as the languages of one document, is often near to each other. It reads the lists of those before, and writes its own alone.
 * @param from  first node of its stretch
 * @param to    the node behind its stretch
 */
export function connect(node: u32, entry: u32, top: u32, from: u32, to: u32, efConstruction: u32): void {
  queryByRow(node);
  const level = levelOf(node);
  for (let l = min(level, top) + 1; l <= level; l++) memory.fill(listOf(node, l), 0, 4 * m);
  descend(entry, top, min(level, top));
  for (let l = <i32>min(level, top); l >= 0; l--) {
    widenFromPool(l, efConstruction, from);
    if (l == 0) offerStretch(node, from, to, efConstruction);
    choose(node, listOf(node, l), roomOf(l));
  }
}

function link(from: u32, to: u32, level: u32): void {
  const list = listOf(from, level);
  const room = roomOf(level);
  for (let i: u32 = 0; i < room; i++) {
    if (load<u32>(list + 4 * i) != 0) continue;
    store<u32>(list + 4 * i, to + 1);
    return;
  }
  queryByRow(from);
  setPoolSize(0);
  for (let i: u32 = 0; i <= room; i++) {
    const node = i < room ? load<u32>(list + 4 * i) - 1 : to;
    insert(poolAt, poolSize, room + 1, keyOf(scoreOf(node), node));
    setPoolSize(poolSize + 1);
  }
  choose(from, list, room);
}

/** Links back what the nodes of a stretch link to before it; within it each has looked at the other. Each thread has its own targets, so that none writes what another does, and the order is always the same. */
export function linkBack(from: u32, to: u32, thread: u32, threads: u32): void {
  for (let node = from; node < to; node++) {
    const level = levelOf(node);
    for (let l: u32 = 0; l <= level; l++) {
      const list = listOf(node, l);
      for (let i: u32 = 0; i < roomOf(l); i++) {
        const target = load<u32>(list + 4 * i);
        if (target == 0) break;
        if ((target - 1 < from || target - 1 >= to) && (target - 1) % threads == thread) link(target - 1, node, l);
      }
    }
  }
}

/** Whether all links lead to nodes: what was read from a file is looked at before it is walked. */
export function areLinksWithin(nodes: u32): bool {
  for (let node: u32 = 0; node < nodes; node++) {
    const level = levelOf(node);
    for (let l: u32 = 0; l <= level; l++) {
      const list = listOf(node, l);
      for (let i: u32 = 0; i < roomOf(l); i++) if (load<u32>(list + 4 * i) > nodes) return false;
    }
  }
  return true;
}
