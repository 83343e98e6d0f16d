import type { Attributes } from '../columns/attributes.js';
import { MemoryColumns } from '../columns/memory-columns.js';
import { MemoryObjects, objectsInMemory } from '../columns/memory-objects.js';
import { writeObjects } from '../columns/object-file.js';
import type { ObjectAttributes } from '../columns/objects.js';
import { materialisedOrder } from '../columns/sort.js';
import { writeColumns } from '../columns/write-columns.js';
import { type BitSet, createBitSet, eachBit, setBit } from '../math/bit-set.js';
import { finish } from '../math/finish.js';
import type { SortKey } from '../query/query.js';
import type { ToldWords } from '../text/written-words.js';
import type { CountedTerm } from './counted-term.js';
import { FrequentTerms } from './frequent-terms.js';
import { GrowingArray } from './growing-array.js';
import { memoryIdColumn } from './id-columns.js';
import { MemoryPostings } from './memory-postings.js';
import { MemoryWords } from './memory-words.js';
import { NearTerms, pointsOf } from './near-terms.js';
import { PostingList } from './posting-list.js';
import { maxFrequency } from './posting-writer.js';
import type { PostingIterator, SegmentReader } from './segment-reader.js';
import { SegmentWriter } from './segment-writer.js';
import { prefixTerms, type SortedTerms } from './sorted-terms.js';
import { encodeTerm, sortingTerms, sortTerms } from './term-bytes.js';
import { packingWords } from './word-arrays.js';

/** A term of a field and where it stands in it. */
export interface FieldToken {
  readonly term: string;
  readonly position: number;
}

/** Tokens that are taken in, and work of writing that is done, in one go; and units of work (src/search/turns.ts) that a token and a term take. */
const tokensAtOnce = 2 ** 11;
const workAtOnce = 2 ** 12;
const tokenWork = 2;
const termWork = 4;

const noAttributes: Attributes = new Map();
const noTokens: readonly FieldToken[] = [];

/** The terms of one document, by field, in the order of their positions, none twice at a position. */
export type FieldTokens = readonly (readonly FieldToken[])[];

/** Length of a field: positions that hold a term. Finer parts stand at the position of their word and do not make a text longer. */
export function lengthOf(tokens: readonly FieldToken[]): number {
  let length = 0;
  let last = -1;
  for (const { position } of tokens) {
    if (position !== last) length++;
    last = position;
  }
  return length;
}

/**
 * The segment that takes the writes: documents and terms by number, plain and growing. A document has a slot; replaced or removed, its slot dies.
 */
export class MemorySegment implements SegmentReader {
  /** by slot; undefined = dead */
  readonly ids: (string | undefined)[] = [];
  private readonly slots = new Map<string, number>();
  readonly lists = new Map<string, PostingList>();
  readonly columns: MemoryColumns;
  /** of lists */
  private readonly objects = new MemoryObjects();
  readonly words = new MemoryWords();
  readonly sortedBy = null;
  /** by field and slot: `lengthOf` the field */
  readonly lengths: GrowingArray[];
  /** occurrences and values of attributes taken in, those of removed documents too: a measure of memory */
  occurrences = 0;
  /** by slot: the distinct terms of the document, for its removal */
  private readonly documentTerms: (readonly string[])[] = [];
  /** slot of the document that is being taken in; -1 = none */
  private incoming = -1;
  private sorted: string[] | undefined;
  /** terms in the order in which they came; one that went and came again stands there twice */
  private readonly names: string[] = [];
  private readonly near = new NearTerms();
  /** names that `near` knows: those that came since are added when it is asked */
  private nearCount = 0;

  /** @param sort  the order in which its documents are written; null = as they came */
  constructor(
    private fields: number,
    private readonly sort: SortKey | null = null,
  ) {
    this.columns = new MemoryColumns(
      memoryIdColumn(
        () => this.ids.length,
        slot => this.idOf(slot),
        id => this.find(id),
      ),
      () => objectsInMemory(this.objects),
      this.objects.columns,
    );
    this.lengths = Array.from({ length: fields }, () => new GrowingArray());
  }

  get fieldCount(): number {
    return this.fields;
  }

  get documentCount(): number {
    return this.ids.length;
  }

  get liveCount(): number {
    return this.slots.size;
  }

  isLive = (slot: number): boolean => this.ids[slot] !== undefined;

  living(docs: BitSet): BitSet {
    const bits = createBitSet(this.documentCount);
    eachBit(docs, doc => {
      if (this.isLive(doc)) setBit(bits, doc);
    });
    return bits;
  }

  idOf(slot: number): string {
    return this.ids[slot] ?? '';
  }

  compareIds(a: number, b: number): number {
    const [left, right] = [this.idOf(a), this.idOf(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  }

  find(id: string): number {
    return this.slots.get(id) ?? -1;
  }

  fieldLength(field: number, slot: number): number {
    return this.lengths[field]?.data[slot] ?? 0;
  }

  /** @param id  of no live document of this segment */
  add(
    id: string,
    fields: FieldTokens,
    attributes?: Attributes,
    objects?: readonly ObjectAttributes[],
    words?: ToldWords,
  ): void {
    this.show(finish(this.adding(fields, attributes, objects, words)), id);
  }

  /**
   * Takes the terms and attributes of a document in; nothing finds it before it is shown.
   * @param fields  as many as there are, or more: no document before it has these
   * @param words  as it writes them, with terms that it holds
   * @yields units of work (src/search/turns.ts). Meanwhile nothing else may be taken in or removed
   * @returns its slot, see show
   */
  *adding(
    fields: FieldTokens,
    attributes: Attributes = noAttributes,
    objects: readonly ObjectAttributes[] = [],
    words?: ToldWords,
  ): Generator<number, number> {
    const slot = this.ids.push(undefined) - 1;
    this.incoming = slot;
    const distinct: string[] = [];
    this.documentTerms.push(distinct);
    for (; this.fields < fields.length; this.fields++) {
      const none = new GrowingArray();
      for (let before = 0; before < slot; before++) none.push(0);
      this.lengths.push(none);
    }
    for (let field = 0; field < this.fields; field++) this.lengths[field].push(lengthOf(fields[field] ?? noTokens));
    for (let field = 0; field < this.fields; field++) {
      const tokens = fields[field] ?? noTokens;
      for (let from = 0; from < tokens.length; from += tokensAtOnce) {
        if (from > 0) yield tokenWork * tokensAtOnce;
        const to = Math.min(from + tokensAtOnce, tokens.length);
        for (let i = from; i < to; i++) {
          const { term, position } = tokens[i];
          if (this.listOf(term).append(slot, field, position)) distinct.push(term);
        }
      }
      this.occurrences += tokens.length;
    }
    this.occurrences += this.columns.add(slot, attributes) + this.objects.add(slot, objects);
    if (words !== undefined) yield* this.words.adding(slot, words, term => this.listOf(term).spellings);
    return slot;
  }

  /** @param slot  that a document was taken into @param id  of no live document of this segment */
  show(slot: number, id: string): void {
    this.ids[slot] = id;
    this.slots.set(id, slot);
    this.incoming = -1;
  }

  /** @param slot  of a live document */
  remove(slot: number): void {
    this.slots.delete(this.idOf(slot));
    this.ids[slot] = undefined;
    for (const term of this.documentTerms[slot]) {
      const list = this.lists.get(term) as PostingList;
      list.lose(alive => this.isLive(alive) || alive === this.incoming);
      if (list.df > 0) continue;
      this.lists.delete(term);
      this.sorted = undefined;
    }
    this.documentTerms[slot] = [];
    this.words.remove(slot);
  }

  documentFrequency(term: string): number {
    return this.lists.get(term)?.df ?? 0;
  }

  postings(term: string): PostingIterator | undefined {
    const list = this.lists.get(term);
    return list && new MemoryPostings(list);
  }

  release(): void {
    // they are light
  }

  terms(prefix: string): IterableIterator<string> {
    return prefixTerms(this.sortedTerms(), prefix);
  }

  frequentTerms(prefix: string, most: number): CountedTerm[] {
    const best = new FrequentTerms(most);
    for (const [term, { df }] of this.lists) if (term.startsWith(prefix)) best.offer(term, df);
    return best.take();
  }

  fuzzy(term: string, distance: number): readonly string[] {
    const { names, near } = this;
    for (; this.nearCount < names.length; this.nearCount++) near.add(this.nearCount, pointsOf(names[this.nearCount]));
    const found = near.find(term, distance, (name, into) => pointsOf(names[name], into));
    return sortTerms(new Set(found.map(name => names[name]).filter(name => this.lists.has(name))));
  }

  /** Its live documents as the file of an immutable segment, in the order that was asked for. */
  write(): Uint8Array {
    return finish(this.writing());
  }

  /**
   * The same as work that tells its units.
   * @yields units of work. Meanwhile nothing may be taken in or removed
   */
  *writing(): Generator<number, Uint8Array> {
    const writer = new SegmentWriter(this.fieldCount);
    const numbers = new Int32Array(this.ids.length).fill(-1);
    const slots = this.slotsInOrder();
    for (const slot of slots)
      numbers[slot] = writer.addDocument(this.idOf(slot), field => this.lengths[field].data[slot]);
    this.sorted ??= yield* sortingTerms(this.lists.keys());
    const ordinals = new Map<string, number>();
    let work = 0;
    for (const term of this.sorted) {
      const list = this.lists.get(term) as PostingList;
      ordinals.set(term, ordinals.size);
      writer.startTerm(encodeTerm(term));
      writePostings(writer, list, numbers, this.sort !== null);
      writer.endTerm();
      work += termWork + list.length;
      if (work < workAtOnce) continue;
      yield work;
      work = 0;
    }
    const columns = writeColumns([{ columns: this.columns, numbers }], slots.length);
    const objects = writeObjects([{ objects: this.objects, numbers }]);
    const words = yield* packingWords(yield* this.words.keeping(term => ordinals.get(term) as number));
    return writer.finish({ columns, objects, words }, this.sort);
  }

  /** Slots of the live documents in the order in which they are written. */
  private slotsInOrder(): number[] {
    const slots = [...this.slots.values()].sort((a, b) => a - b);
    if (this.sort === null) return slots;
    const order = materialisedOrder([this], this.sort);
    return slots.sort((a, b) => order({ place: 0, doc: a }, { place: 0, doc: b }));
  }

  private listOf(term: string): PostingList {
    let list = this.lists.get(term);
    if (list === undefined) {
      list = new PostingList();
      this.lists.set(term, list);
      this.names.push(term);
      this.sorted = undefined;
    }
    return list;
  }

  private sortedNames(): string[] {
    this.sorted ??= finish(sortingTerms(this.lists.keys()));
    return this.sorted;
  }

  private sortedTerms(): SortedTerms {
    const names = this.sortedNames();
    return { count: names.length, term: i => names[i], lowerBound: term => lowerBound(names, term) };
  }
}

/** @param numbers  by slot: number of the document, -1 = dead @param reordered  whether the numbers may not rise with the slots */
function writePostings({ postings }: SegmentWriter, list: PostingList, numbers: Int32Array, reordered: boolean): void {
  const { data, length, positions } = list;
  const starts = reordered ? positionStarts(list) : undefined;
  let at = 0;
  const write = (i: number, from: number): void =>
    postings.add(numbers[data[i]], data[i + 1] >>> 24, positions, from, data[i + 1] & maxFrequency);
  if (starts !== undefined) {
    const entries = Array.from(starts.keys()).filter(entry => numbers[data[2 * entry]] >= 0);
    entries.sort((a, b) => numbers[data[2 * a]] - numbers[data[2 * b]] || a - b);
    for (const entry of entries) write(2 * entry, starts[entry]);
    return;
  }
  for (let i = 0; i < length; i += 2) {
    if (numbers[data[i]] >= 0) write(i, at);
    at += data[i + 1] & maxFrequency;
  }
}

/** By entry: where its positions begin. */
function positionStarts({ data, length }: PostingList): number[] {
  const starts: number[] = [];
  let at = 0;
  for (let i = 0; i < length; i += 2) {
    starts.push(at);
    at += data[i + 1] & maxFrequency;
  }
  return starts;
}

function lowerBound(names: readonly string[], term: string): number {
  const wanted = encodeTerm(term);
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (Buffer.compare(encodeTerm(names[middle]), wanted) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
