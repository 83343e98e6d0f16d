/**
 * The pages of an LMDB data file as this version of LMDB lays them out (mdb.c: MDB_page, MDB_node, MDB_db, MDB_meta, MDB_ovpage;
 * 64 bits, little-endian). Offsets inside a page count from the end of its header, as LMDB's do.
 */
export const pageHeader = 24;
/** page that a tree without entries has for its root */
export const noPage = 2n ** 64n - 1n;

export const pageKind = { branch: 1, leaf: 2, overflow: 4 } as const;
export const nodeKind = { inline: 0, overflow: 1, tree: 2 } as const;
/** flag of a tree whose keys are whole numbers of the machine */
export const integerKeys = 8;

const nodeHeader = 8;
const treeBytes = 48;
const overflowBytes = 24;
const metaMark = 0xbeefc0de;
const metaKind = 8;
const dataVersion = 2;

/** What a tree says about itself. */
export interface Tree {
  readonly flags: number;
  readonly depth: number;
  readonly branches: number;
  readonly leaves: number;
  readonly overflows: number;
  readonly entries: number;
  /** null = no entry */
  readonly root: number | null;
}

/** One of the two meta pages: where a snapshot of the data begins. */
export interface Meta {
  readonly pageSize: number;
  readonly free: Tree;
  readonly main: Tree;
  readonly lastPage: number;
  /** of the map that LMDB makes of the file */
  readonly mapBytes: number;
  /** number of LMDB's transaction, which is not the sequence number of a commit */
  readonly transaction: number;
}

/** An entry of a leaf, or of a branch, whose value is a page. */
export interface Node {
  readonly key: Buffer;
  readonly kind: number;
  /** value of a leaf as it lies in the page */
  readonly value: Buffer;
  /** bytes of the value, wherever it lies */
  readonly valueBytes: number;
  /** page that a branch leads to */
  readonly child: number;
}

export interface Page {
  readonly kind: number;
  readonly number: number;
  readonly transaction: number;
  readonly nodes: readonly Node[];
}

/** Where an overflowing value lies. */
export interface Overflow {
  readonly page: number;
  readonly transaction: number;
  readonly pages: number;
}

/** What is wrong with a page. */
export class PageDamage extends Error {}
const refuse = (reason: string): never => {
  throw new PageDamage(reason);
};

function wholeNumber(bytes: Buffer, at: number): number {
  const value = bytes.readBigUInt64LE(at);
  return value <= Number.MAX_SAFE_INTEGER ? Number(value) : refuse(`a number of ${value}`);
}

/** @param at  of the tree's record in `bytes` */
export function readTree(bytes: Buffer, at = 0): Tree {
  if (bytes.length < at + treeBytes) refuse('a tree that is cut short');
  const root = bytes.readBigUInt64LE(at + 40);
  return {
    flags: bytes.readUInt16LE(at + 4),
    depth: bytes.readUInt16LE(at + 6),
    branches: wholeNumber(bytes, at + 8),
    leaves: wholeNumber(bytes, at + 16),
    overflows: wholeNumber(bytes, at + 24),
    entries: wholeNumber(bytes, at + 32),
    root: root === noPage ? null : wholeNumber(bytes, at + 40),
  };
}

/** @param number  of the page, 0 or 1 */
export function readMeta(bytes: Buffer, number: number): Meta {
  if (bytes.readUInt32LE(24) !== metaMark) refuse('not a page of LMDB');
  if (bytes.readUInt16LE(18) !== metaKind || wholeNumber(bytes, 0) !== number) refuse('its header is altered');
  if (bytes.readUInt32LE(28) !== dataVersion) refuse('of another version of LMDB');
  const pageSize = bytes.readUInt32LE(48);
  if (pageSize < 256 || pageSize > 65_536 || (pageSize & (pageSize - 1)) !== 0) refuse(`a page size of ${pageSize}`);
  const mapBytes = wholeNumber(bytes, 40);
  const lastPage = wholeNumber(bytes, 144);
  if (bytes.readBigUInt64LE(32) !== 0n || mapBytes % 4096 !== 0 || mapBytes > 2 ** 44) refuse('a size that no map has');
  return {
    pageSize,
    free: readTree(bytes, 48),
    main: readTree(bytes, 96),
    lastPage,
    mapBytes,
    transaction: wholeNumber(bytes, 152),
  };
}

/** Bytes of a node in its page, to the next even one. */
const spaceOf = (keyBytes: number, valueBytes: number): number => (nodeHeader + keyBytes + valueBytes + 1) & ~1;

function readNode(bytes: Buffer, at: number, branch: boolean): { node: Node; space: number } {
  if (at + nodeHeader > bytes.length) refuse('a node behind its end');
  const valueBytes = branch ? 0 : bytes.readUInt32LE(at);
  const kind = branch ? nodeKind.inline : bytes.readUInt16LE(at + 4);
  if (kind > nodeKind.tree) refuse('a node of an unknown kind');
  const keyEnd = at + nodeHeader + bytes.readUInt16LE(at + 6);
  const end = keyEnd + (kind === nodeKind.overflow ? overflowBytes : valueBytes);
  if (end > bytes.length) refuse('a node that reaches over its end');
  const child = branch ? bytes.readUInt32LE(at) + bytes.readUInt16LE(at + 4) * 2 ** 32 : 0;
  const key = bytes.subarray(at + nodeHeader, keyEnd);
  const node = { key, kind, value: bytes.subarray(keyEnd, end), valueBytes, child };
  return { node, space: spaceOf(key.length, end - keyEnd) };
}

/** Reads a branch or a leaf. @throws PageDamage where its parts do not fit together */
export function readPage(bytes: Buffer, number: number): Page {
  const kind = bytes.readUInt16LE(18);
  if (wholeNumber(bytes, 0) !== number) refuse('it says that it is another page');
  if (kind !== pageKind.branch && kind !== pageKind.leaf) refuse(`of kind ${kind}`);
  const [lower, upper] = [bytes.readUInt16LE(20), bytes.readUInt16LE(22)];
  if (bytes.readUInt16LE(16) !== 0 || lower % 2 !== 0 || lower > upper || pageHeader + upper > bytes.length)
    refuse('its header is altered');
  const nodes: Node[] = [];
  let space = 0;
  for (let i = 0; i < lower; i += 2) {
    const place = bytes.readUInt16LE(pageHeader + i);
    if (place < upper || place % 2 !== 0) refuse('a node outside its place');
    const read = readNode(bytes, pageHeader + place, kind === pageKind.branch);
    nodes.push(read.node);
    space += read.space;
  }
  if (space !== bytes.length - pageHeader - upper) refuse('its nodes do not fill their place');
  return { kind, number, transaction: wholeNumber(bytes, 8), nodes };
}

/** Where the value of a node lies that is too large for its page. */
export function overflowOf({ value, valueBytes }: Node, pageSize: number): Overflow {
  const found = {
    page: wholeNumber(value, 0),
    transaction: wholeNumber(value, 8),
    pages: wholeNumber(value, 16),
  };
  // a shorter value may have taken the place of a longer one
  if (found.pages * pageSize < pageHeader + valueBytes) refuse('a value of another length');
  return found;
}

/** Compares the first page of an overflowing value with what its node says. @throws PageDamage */
export function checkOverflow(bytes: Buffer, expected: Overflow): void {
  const fits =
    wholeNumber(bytes, 0) === expected.page &&
    wholeNumber(bytes, 8) === expected.transaction &&
    bytes.readUInt16LE(18) === pageKind.overflow &&
    bytes.readUInt32LE(20) === expected.pages;
  if (!fits) refuse('it is not where the value goes on');
}
