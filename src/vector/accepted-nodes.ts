import { type BitSet, countBits, nextBit } from '../math/bit-set.js';
import type { NodeMembers } from './node-members.js';
import type { NodeSet } from './node-set.js';

/** A list of documents by number; a number never comes to mean another id, but documents may be added behind. */
export interface DocumentList {
  readonly documentCount: number;
  idOf(doc: number): string;
  /** -1 where it is not in the list, or was removed */
  find(id: string): number;
}

/** Documents that may be found, as they were at one moment. */
export interface AcceptedIds {
  readonly count: number;
  readonly has: (id: string) => boolean;
  readonly segments: readonly DocumentList[];
  /** by segment */
  readonly documents: readonly BitSet[];
}

/** Entries of a table beside the number of a node + 2. */
const unknown = 0;
const nowhere = 1;

/** By document of a list the node that its id hangs on, as far as somebody has asked. */
interface NodeTable {
  entries: Uint32Array;
  /** by 32 documents: the first node + 1 where they hang on nodes that follow each other, as they mostly do; see `runAt` */
  runs: Int32Array;
  /** changes of the ids that it has seen */
  seen: number;
}

/** Entries of runs beside the number of a node + 1. */
const unasked = 0;
const noRun = -1;

const runsFor = (documents: number): Int32Array => new Int32Array((documents + 31) >>> 5);

interface KnownSet extends NodeSet {
  readonly seen: number;
}

/** Units of work (src/search/turns.ts) that looking up an id takes. */
const lookUpUnits = 4;
const lookUpsAtOnce = 256;

/** Which nodes of a graph some documents hang on. What was looked up is kept as long as the lists of the documents are. */
export class AcceptedNodes {
  private readonly tables = new WeakMap<DocumentList, NodeTable>();
  /** for the next search of the same filter, as long as what it accepts is kept: a bit for every node each */
  private readonly sets = new WeakMap<AcceptedIds, KnownSet>();

  constructor(private readonly members: NodeMembers) {}

  /** Looks up what is not known yet, work that tells its units (src/search/turns.ts): for many documents it takes long. */
  *preparing({ segments, documents }: AcceptedIds): Generator<number, void> {
    for (const [place, list] of segments.entries()) {
      let lookedUp = 0;
      for (let doc = nextBit(documents[place], 0); doc >= 0; doc = nextBit(documents[place], doc + 1)) {
        const { entries } = this.tableOf(list);
        if (entries[doc] !== unknown) continue;
        this.lookUp(list, entries, doc);
        if (++lookedUp % lookUpsAtOnce === 0) yield lookUpUnits * lookUpsAtOnce;
      }
    }
  }

  nodesOf(accepted: AcceptedIds): NodeSet {
    const { changed, count: nodes } = this.members;
    const known = this.sets.get(accepted);
    if (known?.seen === changed.count) return known;
    const bits = new Uint32Array((nodes + 31) >>> 5);
    for (const [place, list] of accepted.segments.entries()) {
      const table = this.tableOf(list);
      const docs = accepted.documents[place];
      for (let word = 0; word < docs.length; word++) {
        if (docs[word] === 0) continue;
        const run = runAt(table, word);
        if (run > unasked) acceptRun(bits, run - 1, docs[word]);
        else this.acceptEach(bits, list, table.entries, docs, word);
      }
    }
    const made = { bits, count: countBits(bits), seen: changed.count };
    this.sets.set(accepted, made);
    return made;
  }

  private acceptEach(bits: BitSet, list: DocumentList, entries: Uint32Array, docs: BitSet, word: number): void {
    for (let rest = docs[word] | 0; rest !== 0; rest &= rest - 1) {
      const doc = word * 32 + 31 - Math.clz32(rest & -rest);
      let entry = entries[doc] | 0;
      if (entry === unknown) entry = this.lookUp(list, entries, doc);
      if (entry !== nowhere) bits[(entry - 2) >>> 5] |= 1 << ((entry - 2) & 31);
    }
  }

  private tableOf(list: DocumentList): NodeTable {
    const { changed } = this.members;
    let table = this.tables.get(list);
    const news = table && changed.since(table.seen);
    if (table === undefined || news === undefined) {
      const { documentCount } = list;
      table = { entries: new Uint32Array(documentCount), runs: runsFor(documentCount), seen: changed.count };
      this.tables.set(list, table);
      return table;
    }
    if (table.entries.length < list.documentCount) {
      const grown = new Uint32Array(2 * list.documentCount);
      grown.set(table.entries);
      table.entries = grown;
      table.runs = runsFor(grown.length);
    }
    for (const id of news) {
      const doc = list.find(id);
      if (doc < 0) continue;
      table.entries[doc] = unknown;
      table.runs[doc >>> 5] = unasked;
    }
    table.seen = changed.count;
    return table;
  }

  private lookUp(list: DocumentList, entries: Uint32Array, doc: number): number {
    const node = this.members.nodeOf(list.idOf(doc));
    entries[doc] = node === undefined ? nowhere : node + 2;
    return entries[doc];
  }
}

/** The run of 32 documents; it is not asked for again once all of them were looked up. */
function runAt({ entries, runs }: NodeTable, word: number): number {
  if (runs[word] !== unasked) return runs[word];
  const first = entries[32 * word];
  let inRun = first > nowhere;
  for (let doc = 32 * word; doc < 32 * word + 32; doc++) {
    if (doc >= entries.length || entries[doc] === unknown) return unasked;
    if (entries[doc] !== first + (doc & 31)) inRun = false;
  }
  runs[word] = inRun ? first - 1 : noRun;
  return runs[word];
}

/** Accepts nodes that follow each other. @param accepted  a bit of each */
function acceptRun(bits: BitSet, first: number, accepted: number): void {
  const at = first >>> 5;
  const shift = first & 31;
  bits[at] |= accepted << shift;
  if (shift > 0) bits[at + 1] |= accepted >>> (32 - shift);
}
