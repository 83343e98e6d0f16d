import { type FileHandle, open } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { TandemError } from '../errors/tandem-error.js';
import {
  checkOverflow,
  integerKeys,
  type Meta,
  type Node,
  nodeKind,
  overflowOf,
  PageDamage,
  pageKind,
  readMeta,
  readPage,
  readTree,
  type Tree,
} from './data-pages.js';

/** The databases of a store and the flags that LMDB keeps with them. */
const knownTrees: Readonly<Record<string, number>> = {
  documents: 0,
  embeddings: 0,
  changes: integerKeys,
  meta: 0,
  claims: 0,
};
/** Embeddings of the generations that came after the first one. */
const laterEmbeddings = /^embeddings\.[1-9]\d*$/;
const flagsOf = (name: string): number | undefined => {
  if (Object.hasOwn(knownTrees, name)) return knownTrees[name];
  return laterEmbeddings.test(name) ? 0 : undefined;
};
/** made last: where it is, the others are */
const lastMade = 'meta';
const needed = ['documents', 'embeddings', 'changes'];

const metas = 2;
/** Pages looked at in one turn of the event loop. */
const atOnce = 256;
/** Bytes of a file that is read in one piece, in the order of the disk; a larger one is read page by page. */
const readWhole = 2 ** 28;

const damage = (reason: string): never => {
  throw new PageDamage(reason);
};

type KeyOrder = (a: Buffer, b: Buffer) => number;
const byNumber: KeyOrder = (a, b) => {
  if (a.length !== b.length) damage('keys of several lengths');
  return a.length === 4 ? a.readUInt32LE(0) - b.readUInt32LE(0) : Number(a.readBigUInt64LE(0) - b.readBigUInt64LE(0));
};

/** One snapshot of a data file while it is walked. */
interface Walk {
  readonly meta: Meta;
  readonly bytesOf: (page: number) => Promise<Buffer>;
  /** a bit for each page that something leads to */
  readonly reached: Uint8Array;
  looked: number;
}

interface Counts {
  branches: number;
  leaves: number;
  overflows: number;
  entries: number;
}

const isReached = ({ reached }: Walk, page: number): boolean => (reached[page >> 3] & (1 << (page & 7))) !== 0;

/** Notes that something leads to pages. @throws PageDamage where there are none, or something else leads to them too */
function reach(walk: Walk, page: number, pages = 1): void {
  if (page < metas || page + pages - 1 > walk.meta.lastPage) damage(`page ${page} is not in the file`);
  for (let i = page; i < page + pages; i++) {
    if (isReached(walk, i)) damage(`page ${i} is used twice`);
    walk.reached[i >> 3] |= 1 << (i & 7);
  }
}

async function pageAt(walk: Walk, number: number) {
  reach(walk, number);
  if (++walk.looked % atOnce === 0) await nextTurn();
  const bytes = await walk.bytesOf(number);
  try {
    const page = readPage(bytes, number);
    if (page.transaction > walk.meta.transaction) damage('it is newer than the file');
    return page;
  } catch (error) {
    if (error instanceof PageDamage) error.message = `page ${number}: ${error.message}`;
    throw error;
  }
}

async function checkOverflowing(walk: Walk, node: Node, counts: Counts): Promise<void> {
  const found = overflowOf(node, walk.meta.pageSize);
  reach(walk, found.page, found.pages);
  counts.overflows += found.pages;
  await walk.bytesOf(found.page + found.pages - 1);
  checkOverflow(await walk.bytesOf(found.page), found);
}

/** Keys between two others, in their order; the first key of a branch says nothing. */
function checkOrder(nodes: readonly Node[], order: KeyOrder, low: Buffer | undefined, high: Buffer | undefined): void {
  let before = low;
  nodes.forEach(({ key }, i) => {
    const compared = before === undefined ? 1 : order(key, before);
    if (compared < 0 || (compared === 0 && i > 0)) damage('its keys are out of order');
    before = key;
  });
  if (high !== undefined && before !== undefined && order(before, high) >= 0) damage('its keys are out of order');
}

/** Walks a tree and compares it with what it says about itself. @param visit  told of every entry */
async function walkTree(walk: Walk, tree: Tree, visit: (node: Node) => void | Promise<void>): Promise<void> {
  const order: KeyOrder = tree.flags === integerKeys ? byNumber : Buffer.compare;
  const counts: Counts = { branches: 0, leaves: 0, overflows: 0, entries: 0 };
  const walkFrom = async (number: number, depth: number, low?: Buffer, high?: Buffer): Promise<void> => {
    const page = await pageAt(walk, number);
    const leaf = depth === tree.depth;
    if (page.nodes.length === 0 || page.kind !== (leaf ? pageKind.leaf : pageKind.branch))
      damage(`page ${number}: not of the kind that belongs there`);
    if (!leaf) {
      counts.branches++;
      const rest = page.nodes.slice(1);
      checkOrder(rest, order, low, high);
      for (const [i, { child, key }] of page.nodes.entries())
        await walkFrom(child, depth + 1, i === 0 ? low : key, rest[i]?.key ?? high);
      return;
    }
    counts.leaves++;
    counts.entries += page.nodes.length;
    checkOrder(page.nodes, order, low, high);
    for (const node of page.nodes) {
      if (node.kind === nodeKind.overflow) await checkOverflowing(walk, node, counts);
      const visited = visit(node);
      if (visited !== undefined) await visited;
    }
  };
  if (tree.root !== null) await walkFrom(tree.root, 1);
  else if (tree.depth !== 0) damage('a tree without a root');
  for (const name of ['branches', 'leaves', 'overflows', 'entries'] as const)
    if (counts[name] !== tree[name]) damage(`${counts[name]} ${name} are there, ${tree[name]} were counted`);
}

/** The databases, by name. */
async function walkDatabases(walk: Walk): Promise<void> {
  const trees = new Map<string, Tree>();
  await walkTree(walk, walk.meta.main, node => {
    const name = node.key.toString('latin1').replace(/\0$/, '');
    const flags = flagsOf(name);
    if (node.kind !== nodeKind.tree || flags === undefined) return damage(`${JSON.stringify(name)} is no database`);
    const tree = readTree(node.value);
    if (tree.flags !== flags) damage(`the keys of ${name} are altered`);
    trees.set(name, tree);
  });
  if (trees.has(lastMade) && !needed.every(name => trees.has(name))) damage('a database is missing');
  for (const [name, tree] of trees) {
    await walkTree(walk, tree, node => {
      if (node.kind === nodeKind.tree) damage(`a tree inside ${name}`);
    });
  }
}

/** Pages that are free: nothing else leads to one, for LMDB will write over it. A list: its length, then pages, runs (-length, first page) and 0 for nothing. */
async function walkFreePages(walk: Walk): Promise<void> {
  const { meta, bytesOf } = walk;
  const lists: { key: Buffer; value: Buffer }[] = [];
  await walkTree(walk, meta.free, async node => {
    if (node.key.length !== 8 || node.key.readBigUInt64LE(0) > meta.transaction)
      damage('a list of free pages is altered');
    lists.push({ key: node.key, value: node.kind === nodeKind.inline ? node.value : await readOverflowing(node) });
  });
  for (const { value } of lists) {
    if (value.length < 8 || value.readBigUInt64LE(0) * 8n + 8n > value.length)
      damage('a list of free pages is altered');
    const end = 8 + 8 * Number(value.readBigUInt64LE(0));
    for (let at = 8; at < end; at += 8) {
      const entry = Number(value.readBigInt64LE(at));
      if (entry > 0) reach(walk, entry);
      else if (entry < 0) {
        at += 8;
        if (at >= end) damage('a list of free pages is altered');
        reach(walk, Number(value.readBigUInt64LE(at)), -entry);
      }
    }
  }

  async function readOverflowing(node: Node): Promise<Buffer> {
    const { page, pages } = overflowOf(node, meta.pageSize);
    const parts: Buffer[] = [];
    for (let i = 0; i < pages; i++) parts.push(Buffer.from(await bytesOf(page + i)));
    return Buffer.concat(parts).subarray(24, 24 + node.valueBytes);
  }
}

/** The two meta pages, of which the later one counts. The one before leads to the data as they were a transaction earlier. */
interface Metas {
  readonly latest: Meta;
  readonly before: Meta;
}

const metaBytes = 168;

/** Reads both meta pages until they stand still: a writer may be writing one. */
async function readMetas(file: FileHandle): Promise<Metas> {
  const bytesAt = async (position: number): Promise<Buffer> => {
    const bytes = Buffer.alloc(metaBytes);
    const { bytesRead } = await file.read(bytes, 0, metaBytes, position);
    return bytesRead === metaBytes ? bytes : damage('cut short');
  };
  for (let seen: Buffer | undefined; ; ) {
    const first = await bytesAt(0);
    const even = readMeta(first, 0);
    const second = await bytesAt(even.pageSize);
    const both = Buffer.concat([first, second]);
    if (seen?.equals(both)) return inTurn(even, readMeta(second, 1));
    seen = both;
  }
}

/** Transaction n writes meta page n & 1, so that the two are one apart; in a new file both are 0. */
function inTurn(even: Meta, odd: Meta): Metas {
  const [latest, before] = odd.transaction > even.transaction ? [odd, even] : [even, odd];
  const apart = latest.transaction - before.transaction;
  const places = even.transaction % 2 === 0 && odd.transaction % 2 === 1 && apart === 1;
  if (!places && latest.transaction > 1) damage('its meta pages do not follow one another');
  for (const { free, main, lastPage, pageSize, mapBytes } of [even, odd]) {
    const fits = free.flags === integerKeys && main.flags === 0 && pageSize === even.pageSize;
    if (!fits || (lastPage + 1) * pageSize > mapBytes) damage('a meta page is altered');
  }
  return { latest, before };
}

/**
 * Every transaction writes the root of the databases anew: a meta page whose number is another one than that of its root is altered, and
 * LMDB would take an older state for the last one. The root of the transaction before stays untouched until the next but one.
 */
async function checkRoots({ latest, before }: Metas, bytesOf: Walk['bytesOf']): Promise<void> {
  const writtenBy = async ({ main }: Meta): Promise<number | undefined> =>
    main.root === null ? undefined : Number((await bytesOf(main.root)).readBigUInt64LE(8));
  const last = await writtenBy(latest);
  const earlier = await writtenBy(before).catch(() => undefined);
  if ((last !== undefined && last !== latest.transaction) || earlier === before.transaction + 2)
    damage('its last meta page is altered');
}

/** Reads pages of a file; a small one in one piece. */
async function pageReader(file: FileHandle, pageSize: number): Promise<Walk['bytesOf']> {
  const { size } = await file.stat();
  const whole = Buffer.allocUnsafe(size <= readWhole ? size : 0);
  const { bytesRead: length } = await file.read(whole, 0, whole.length, 0);
  return async number => {
    const at = number * pageSize;
    if (at + pageSize <= length) return whole.subarray(at, at + pageSize);
    const bytes = Buffer.alloc(pageSize);
    const { bytesRead } = await file.read(bytes, 0, pageSize, at);
    return bytesRead === pageSize ? bytes : damage(`page ${number} is cut off`);
  };
}

async function walkFile(file: FileHandle, free: boolean): Promise<void> {
  const found = await readMetas(file);
  const { latest: meta } = found;
  const bytesOf = await pageReader(file, meta.pageSize);
  await checkRoots(found, bytesOf);
  const walk: Walk = { meta, bytesOf, reached: new Uint8Array((meta.lastPage >> 3) + 1), looked: 0 };
  await walkDatabases(walk);
  if (!free) return;
  await walkFreePages(walk);
  if (meta.lastPage >= metas && !isReached(walk, meta.lastPage)) damage('nothing leads to its last page');
}

/** Whether reading altered bytes failed, rather than reading the file. */
const isDamage = (error: unknown): error is Error => error instanceof PageDamage || error instanceof RangeError;

/** @throws TandemError 'index/documents-damaged' in the place of what reading altered bytes throws */
async function naming(path: string, look: (file: FileHandle) => Promise<unknown>): Promise<void> {
  const file = await open(path, 'r');
  try {
    await look(file);
  } catch (error) {
    if (!isDamage(error)) throw error;
    throw new TandemError('index/documents-damaged', `${path}: ${error.message}`, { file: path }, { cause: error });
  } finally {
    await file.close();
  }
}

/**
 * Looks at the meta pages alone: LMDB would end the process on a file that is not its own.
 * @throws TandemError 'index/documents-damaged'
 */
export const checkMetaPages = (path: string): Promise<void> => naming(path, readMetas);

/**
 * Walks all pages that LMDB would read, before it does: it trusts what they say, and ends the process or answers wrongly where that was
 * altered. Values are not looked at. A read transaction that was begun earlier must still be open, so that no writer uses the pages again meanwhile.
 * @param options.free  the lists of free pages too: what would be written over next
 * @throws TandemError 'index/documents-damaged'
 */
export const checkPages = (path: string, options: { readonly free: boolean }): Promise<void> =>
  naming(path, file => walkFile(file, options.free));
