import { type CountedTerm, FrequentTerms } from './frequent-terms.js';
import { GrowingArray } from './growing-array.js';
import { MemoryPostings } from './memory-postings.js';
import { NearTerms, pointsOf } from './near-terms.js';
import { PostingList } from './posting-list.js';
import { maxFrequency } from './posting-writer.js';
import type { PostingIterator, SegmentReader } from './segment-reader.js';
import { SegmentWriter } from './segment-writer.js';
import { prefixTerms, type SortedTerms } from './sorted-terms.js';
import { encodeTerm, sortTerms } from './term-bytes.js';

/** A term of a field and where it stands in it. */
export interface FieldToken {
  readonly term: string;
  readonly position: number;
}

/** The terms of one document, by field, in the order of their positions. */
export type FieldTokens = readonly (readonly FieldToken[])[];

/**
 * The segment that takes the writes: documents and terms by number, plain and growing. A document has a slot; replaced or removed, its slot dies.
 */
export class MemorySegment implements SegmentReader {
  /** by slot; undefined = dead */
  readonly ids: (string | undefined)[] = [];
  private readonly slots = new Map<string, number>();
  readonly lists = new Map<string, PostingList>();
  /** by field and slot: terms in the field */
  readonly lengths: GrowingArray[];
  /** occurrences taken in, those of removed documents too: a measure of memory */
  occurrences = 0;
  /** by slot: the distinct terms of the document, for its removal */
  private readonly documentTerms: (readonly string[])[] = [];
  private sorted: string[] | undefined;
  /** terms in the order in which they came; one that went and came again stands there twice */
  private readonly names: string[] = [];
  private readonly near = new NearTerms();
  /** names that `near` knows: those that came since are added when it is asked */
  private nearCount = 0;

  constructor(readonly fieldCount: number) {
    this.lengths = Array.from({ length: fieldCount }, () => new GrowingArray());
  }

  get documentCount(): number {
    return this.ids.length;
  }

  get liveCount(): number {
    return this.slots.size;
  }

  isLive = (slot: number): boolean => this.ids[slot] !== undefined;

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
    return this.lengths[field].data[slot];
  }

  /** @param id  of no live document of this segment */
  add(id: string, fields: FieldTokens): void {
    const slot = this.ids.length;
    const distinct: string[] = [];
    for (let field = 0; field < this.fieldCount; field++) {
      const tokens = fields[field];
      for (const { term, position } of tokens) {
        if (this.listOf(term).append(slot, field, position)) distinct.push(term);
      }
      this.occurrences += tokens.length;
      this.lengths[field].push(tokens.length);
    }
    this.ids.push(id);
    this.slots.set(id, slot);
    this.documentTerms.push(distinct);
  }

  /** @param slot  of a live document */
  remove(slot: number): void {
    this.slots.delete(this.idOf(slot));
    this.ids[slot] = undefined;
    for (const term of this.documentTerms[slot]) {
      const list = this.lists.get(term) as PostingList;
      list.lose(this.isLive);
      if (list.df > 0) continue;
      this.lists.delete(term);
      this.sorted = undefined;
    }
    this.documentTerms[slot] = [];
  }

  documentFrequency(term: string): number {
    return this.lists.get(term)?.df ?? 0;
  }

  postings(term: string): PostingIterator | undefined {
    const list = this.lists.get(term);
    return list && new MemoryPostings(list);
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

  /** Its live documents as the file of an immutable segment, in the order in which they came. */
  write(): Uint8Array {
    const writer = new SegmentWriter(this.fieldCount);
    const numbers = new Int32Array(this.ids.length).fill(-1);
    this.ids.forEach((id, slot) => {
      if (id !== undefined) numbers[slot] = writer.addDocument(id, field => this.lengths[field].data[slot]);
    });
    for (const term of this.sortedNames()) {
      writer.startTerm(encodeTerm(term));
      writePostings(writer, this.lists.get(term) as PostingList, numbers);
      writer.endTerm();
    }
    return writer.finish();
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
    this.sorted ??= sortTerms(this.lists.keys());
    return this.sorted;
  }

  private sortedTerms(): SortedTerms {
    const names = this.sortedNames();
    return { count: names.length, term: i => names[i], lowerBound: term => lowerBound(names, term) };
  }
}

function writePostings({ postings }: SegmentWriter, list: PostingList, numbers: Int32Array): void {
  const { data, length, positions } = list;
  let at = 0;
  for (let i = 0; i < length; i += 2) {
    const tf = data[i + 1] & maxFrequency;
    const doc = numbers[data[i]];
    if (doc >= 0) postings.add(doc, data[i + 1] >>> 24, positions, at, tf);
    at += tf;
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
