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
import type { CountedTerm } from './counted-term.js';
import { FrequentTerms } from './frequent-terms.js';
import { GrowingArray } from './growing-array.js';
import { memoryIdColumn } from './id-columns.js';
import { MemoryPostings } from './memory-postings.js';
import { MemoryWords } from './memory-words.js';
import { type FieldOccurrences, noOccurrences, OccurrenceLog, type SortedOccurrences } from './occurrence-log.js';
import type { PostingList } from './posting-list.js';
import { maxFrequency } from './posting-writer.js';
import type { PostingIterator, SegmentReader } from './segment-reader.js';
import { SegmentWriter } from './segment-writer.js';
import { sortingByBytes } from './sort-bytes.js';
import { prefixTerms, type SortedTerms } from './sorted-terms.js';
import { encodeTerm } from './term-bytes.js';
import { TermLists } from './term-lists.js';
import { TermNumbers } from './term-numbers.js';
import { packingWords } from './word-arrays.js';

/** A term of a field and where it stands in it. */
export interface FieldToken {
  readonly term: string;
  readonly position: number;
}

/** Work of writing that is done in one go; and units of work (src/search/turns.ts) that a term and an occurrence take. */
const workAtOnce = 2 ** 12;
const termWork = 4;
const occurrenceWork = 1 / 4;

/** Occurrences of a field up to which it is taken in in one go. */
const shortField = 2 ** 8;

/** Occurrences of a document from which on it is listed at once, in turns with other work: a search that finds so much to list would take long. */
const listedAtOnce = 2 ** 14;

const noAttributes: Attributes = new Map();

/** What is known of the terms of a larger index, some of whose documents a segment holds. */
export interface WholeTerms {
  /** documents of all that hold a term */
  df(term: string): number;
  /** Terms that begin with a prefix, in the order of code points. */
  terms(prefix: string): IterableIterator<string>;
  /** Terms at most so many edits away. */
  fuzzy(term: string, distance: number): readonly string[];
}

/** The terms of one document, by field, in the order of their positions, none twice at a position. */
export type FieldTokens = readonly (readonly FieldToken[])[];

/** A document as it is taken in. */
export interface ReadDocument {
  /** by field */
  readonly fields: readonly FieldOccurrences[];
  /** numbers of the words as it writes them, see term-numbers.ts */
  readonly words: GrowingArray;
}

/** Tokens by number. */
export function numbered(tokens: readonly FieldToken[], numbers: TermNumbers): FieldOccurrences {
  const found = noOccurrences();
  let last = -1;
  for (const { term, position } of tokens) {
    found.terms.push(numbers.numberOf(term));
    found.positions.push(position);
    if (position !== last) found.length++;
    last = position;
  }
  return found;
}

/**
 * The segment that takes the writes: documents by slot, as a log of their terms. Replaced or removed, a slot dies. What searches ask is made of the log
 * when the first of them comes (term-lists.ts).
 */
export class MemorySegment implements SegmentReader {
  /** by slot; undefined = dead */
  readonly ids: (string | undefined)[] = [];
  /** slots of ids, of the slots below `mapped`: looked into for the first time when somebody asks for an id */
  private readonly slots = new Map<string, number>();
  private mapped = 0;
  private live = 0;
  private readonly log = new OccurrenceLog();
  private readonly lists: TermLists;
  readonly columns: MemoryColumns;
  /** of lists */
  private readonly objects = new MemoryObjects();
  readonly words: MemoryWords;
  readonly sortedBy = null;
  /** by field and slot: positions that hold a term */
  readonly lengths: GrowingArray[];
  /** values of attributes taken in, those of removed documents too */
  private values = 0;
  /** slot of the document that is being taken in; -1 = none */
  private incoming = -1;
  /** where its documents are a part of others: which terms there are, and how rare, is told by these */
  whole: WholeTerms | undefined;

  /**
   * @param sort     the order in which its documents are written; null = as they came
   * @param numbers  of the terms that it is given
   */
  constructor(
    private fields: number,
    private readonly sort: SortKey | null = null,
    readonly numbers = new TermNumbers(),
  ) {
    this.lists = new TermLists(this.log, numbers, slot => this.isLive(slot) || slot === this.incoming);
    this.words = new MemoryWords(numbers);
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
    return this.live;
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
    for (; this.mapped < this.ids.length; this.mapped++) {
      const known = this.ids[this.mapped];
      if (known !== undefined) this.slots.set(known, this.mapped);
    }
    return this.slots.get(id) ?? -1;
  }

  fieldLength(field: number, slot: number): number {
    return this.lengths[field]?.data[slot] ?? 0;
  }

  /** Occurrences and values of attributes taken in, those of removed documents too: a measure of memory. */
  get occurrences(): number {
    return this.log.length + this.values;
  }

  /** @param id  of no live document of this segment */
  add(id: string, fields: FieldTokens): void {
    const read = { fields: fields.map(tokens => numbered(tokens, this.numbers)), words: new GrowingArray() };
    this.show(finish(this.adding(read)), id);
  }

  /**
   * Takes the terms and attributes of a document in; nothing finds it before it is shown.
   * @param document  of as many fields as there are, or more: no document before it has these
   * @yields units of work (src/search/turns.ts). Meanwhile nothing else may be taken in or removed
   * @returns its slot, see show
   */
  *adding(
    { fields, words }: ReadDocument,
    attributes: Attributes = noAttributes,
    objects: readonly ObjectAttributes[] = [],
  ): Generator<number, number> {
    const slot = this.ids.push(undefined) - 1;
    this.incoming = slot;
    for (; this.fields < fields.length; this.fields++) {
      const none = new GrowingArray();
      for (let before = 0; before < slot; before++) none.push(0);
      this.lengths.push(none);
    }
    for (let field = 0; field < this.fields; field++) this.lengths[field].push(fields[field]?.length ?? 0);
    const before = this.log.length;
    const isShort = fields.every(({ terms }) => terms.length <= shortField) && words.length <= shortField;
    if (isShort) this.log.add(fields);
    else yield* this.log.adding(fields);
    if (this.lists.areUsed || this.log.length - before >= listedAtOnce) yield* this.lists.listing();
    this.values += this.columns.add(slot, attributes) + this.objects.add(slot, objects);
    if (isShort) this.words.add(slot, words);
    else yield* this.words.adding(slot, words);
    return slot;
  }

  /** @param slot  that a document was taken into @param id  of no live document of this segment */
  show(slot: number, id: string): void {
    this.ids[slot] = id;
    if (slot < this.mapped) this.slots.set(id, slot);
    this.live++;
    this.incoming = -1;
  }

  /** @param slot  of a live document */
  remove(slot: number): void {
    if (slot < this.mapped) this.slots.delete(this.idOf(slot));
    this.ids[slot] = undefined;
    this.live--;
    this.lists.remove(slot);
    this.words.remove(slot);
  }

  list(term: string): PostingList | undefined {
    return this.lists.find(term);
  }

  documentFrequency(term: string): number {
    return this.whole?.df(term) ?? this.list(term)?.df ?? 0;
  }

  postings(term: string): PostingIterator | undefined {
    const list = this.list(term);
    return list && new MemoryPostings(list);
  }

  release(): void {
    // they are light
  }

  terms(prefix: string): IterableIterator<string> {
    return this.whole?.terms(prefix) ?? prefixTerms(this.sortedTerms(), prefix);
  }

  frequentTerms(prefix: string, most: number): CountedTerm[] {
    const best = new FrequentTerms(most);
    this.lists.each((term, { df }) => {
      if (term.startsWith(prefix)) best.offer(term, df);
    });
    return best.take();
  }

  fuzzy(term: string, distance: number): readonly string[] {
    return this.whole?.fuzzy(term, distance) ?? this.lists.fuzzy(term, distance);
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
    const sorted = yield* this.log.byTerm(slots, this.numbers.termCount);
    const terms = yield* this.termsInOrder(sorted);
    const ordinals = new Int32Array(this.numbers.termCount).fill(-1);
    const { termBytes } = this.numbers;
    const { bytes } = termBytes;
    let work = 0;
    for (let ordinal = 0; ordinal < terms.length; ordinal++) {
      const term = terms[ordinal];
      ordinals[term] = ordinal;
      writer.startTerm(bytes, termBytes.start(term), termBytes.end(term));
      this.writePostings(writer, sorted, term, numbers);
      writer.endTerm();
      work += termWork + (sorted.starts[term + 1] - sorted.starts[term]) * occurrenceWork;
      if (work < workAtOnce) continue;
      yield work;
      work = 0;
    }
    const columns = writeColumns([{ columns: this.columns, numbers }], slots.length);
    const objects = writeObjects([{ objects: this.objects, numbers }]);
    const words = yield* packingWords(yield* this.words.inOrder(ordinals));
    return writer.finish({ columns, objects, words }, this.sort);
  }

  /** Terms that live documents hold, in the order of their bytes. */
  private termsInOrder({ starts }: SortedOccurrences): Generator<number, ArrayLike<number>> {
    const terms = new GrowingArray();
    for (let term = 0; term + 1 < starts.length; term++) if (starts[term + 1] > starts[term]) terms.push(term);
    return sortingByBytes(this.numbers.termBytes, terms.used);
  }

  /** @param numbers  by slot: number of the document */
  private writePostings(
    { postings }: SegmentWriter,
    { starts, runs, positions }: SortedOccurrences,
    term: number,
    numbers: Int32Array,
  ): void {
    const { slots, fields } = this.log;
    for (let from = starts[term]; from < starts[term + 1]; ) {
      const run = runs[from];
      let to = from + 1;
      while (to < starts[term + 1] && runs[to] === run) to++;
      const count = Math.min(to - from, maxFrequency);
      postings.add(numbers[slots.data[run]], fields.data[run], positions, from, count);
      from = to;
    }
  }

  /** Slots of the live documents in the order in which they are written. */
  private slotsInOrder(): number[] {
    const slots: number[] = [];
    for (let slot = 0; slot < this.ids.length; slot++) if (this.isLive(slot)) slots.push(slot);
    if (this.sort === null) return slots;
    const order = materialisedOrder([this], this.sort);
    return slots.sort((a, b) => order({ place: 0, doc: a }, { place: 0, doc: b }));
  }

  private sortedTerms(): SortedTerms {
    const names = this.lists.inOrder();
    return { count: names.length, term: i => names[i], lowerBound: term => lowerBound(names, term) };
  }
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
