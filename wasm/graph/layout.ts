/**
 * Where everything lies. Nodes are numbered from 0 and lie in chunks of 4096, so that the graph grows at the end of the memory and nothing ever moves:
 *
 *     chunk = [links u32 [m0], code u8 [codeBytes]] x 4096, scale f32 x 4096, [links u32 [m]] x 277 of the upper levels
 *
 * A link is a node + 1; a list ends at its first 0 or when it is full. Level l has one node of each group of 16^l, which its number alone decides:
 * no level has to be kept or drawn.
 */

export let width: u32 = 0;
/** width rounded up to whole steps of the kernels */
export let steps: u32 = 0;
export let codeBytes: u32 = 0;
export let m: u32 = 0;
export let m0: u32 = 0;
let linksBytes: u32 = 0;
let blockBytes: u32 = 0;
let upperBytes: u32 = 0;
let chunkBytes: u32 = 0;
let nodesAt: u32 = 0;

const chunkBits: u32 = 12;
const chunkNodes: u32 = 1 << chunkBits;
const groupBits: u32 = 4;
/** of a chunk: 256 groups of level 1, 16 of level 2, one of each level above */
const upperLists: u32 = 256 + 16 + 4;
const highestLevel: u32 = 6;

@inline
export function align(bytes: u32, to: u32): u32 {
  return (bytes + to - 1) & ~(to - 1);
}

/** @param links  of a node on an upper level; twice as many on the lowest */
export function shape(columns: u32, links: u32, at: u32): void {
  width = columns;
  steps = align(columns, 32);
  codeBytes = steps >> 1;
  m = links;
  m0 = 2 * links;
  linksBytes = align(4 * m0, 16);
  blockBytes = linksBytes + codeBytes;
  upperBytes = 4 * m;
  chunkBytes = align((blockBytes + 4) * chunkNodes + upperBytes * upperLists, 64);
  nodesAt = at;
}

export function bytesOfChunk(): u32 {
  return chunkBytes;
}

export function bytesOfBlock(): u32 {
  return blockBytes;
}

@inline
function chunkOf(node: u32): u32 {
  return nodesAt + (node >> chunkBits) * chunkBytes;
}

/** Links of a node on the lowest level. */
@inline
export function linksOf(node: u32): u32 {
  return chunkOf(node) + (node & (chunkNodes - 1)) * blockBytes;
}

@inline
export function codeOf(node: u32): u32 {
  return linksOf(node) + linksBytes;
}

@inline
export function scaleOf(node: u32): u32 {
  return chunkOf(node) + blockBytes * chunkNodes + ((node & (chunkNodes - 1)) << 2);
}

/** Links of a node on any level. */
export function listOf(node: u32, level: u32): u32 {
  if (level == 0) return linksOf(node);
  const group = (node & (chunkNodes - 1)) >> (groupBits * level);
  const place = level == 1 ? group : level == 2 ? 256 + group : 269 + level;
  return chunkOf(node) + (blockBytes + 4) * chunkNodes + place * upperBytes;
}

@inline
export function roomOf(level: u32): u32 {
  return level == 0 ? m0 : m;
}

/** Multiplies and shifts until all bits depend on all. */
export function mix(value: u32): u32 {
  let x = (value ^ (value >>> 16)) * 0x45d9f3b;
  x = (x ^ (x >>> 16)) * 0x45d9f3b;
  return x ^ (x >>> 16);
}

/** Highest level that a node is on. */
export function levelOf(node: u32): u32 {
  let level: u32 = 0;
  for (let member = node; level < highestLevel; level++) {
    const group = member >> groupBits;
    if ((mix(group * 8 + level) & 15) != (member & 15)) break;
    member = group;
  }
  return level;
}
