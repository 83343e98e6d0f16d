import { GrowingArray } from './growing-array.js';
import { PostingList } from './posting-list.js';

/** Dead slots are squeezed out when there are more than this and more of them than living ones. */
const compactAbove = 1024;

/** The terms of one document, per field. */
export type FieldTerms = readonly (readonly string[])[];

/**
 * Documents and terms by number. A document has a slot; replaced or removed, its slot dies and the document gets a new one.
 * All statistics count living documents alone, so that they are as if the dead had never been.
 */
export class InvertedIndex {
  /** by slot; undefined = dead */
  ids: (string | undefined)[] = [];
  readonly slots = new Map<string, number>();
  readonly terms = new Map<string, PostingList>();
  /** by field and slot: terms in the field */
  lengths: GrowingArray[];
  /** by field: terms in all living documents, and living documents whose field is not empty */
  readonly totalLength: number[];
  readonly withField: number[];
  /** by slot: the distinct terms of the document, for its removal */
  private documentTerms: (readonly string[])[] = [];
  /** rises with every change: what was computed from statistics is stale */
  version = 0;

  constructor(readonly fieldCount: number) {
    this.lengths = Array.from({ length: fieldCount }, () => new GrowingArray());
    this.totalLength = new Array<number>(fieldCount).fill(0);
    this.withField = new Array<number>(fieldCount).fill(0);
  }

  /** Living documents, N. */
  get size(): number {
    return this.slots.size;
  }

  /** Mean length of a field over the living documents that have it; 0 when none has. */
  averageLength(field: number): number {
    return this.withField[field] === 0 ? 0 : this.totalLength[field] / this.withField[field];
  }

  isAlive = (slot: number): boolean => this.ids[slot] !== undefined;

  add(id: string, fields: FieldTerms): void {
    this.remove(id);
    const slot = this.ids.length;
    const distinct: string[] = [];
    for (let field = 0; field < this.fieldCount; field++) {
      for (const term of fields[field]) {
        if (this.postingsOf(term).append(slot, field)) distinct.push(term);
      }
      this.count(field, fields[field].length, 1);
      this.lengths[field].push(fields[field].length);
    }
    this.ids.push(id);
    this.slots.set(id, slot);
    this.documentTerms.push(distinct);
    this.version++;
  }

  remove(id: string): boolean {
    const slot = this.slots.get(id);
    if (slot === undefined) return false;
    this.slots.delete(id);
    this.ids[slot] = undefined;
    for (const term of this.documentTerms[slot]) {
      const postings = this.terms.get(term) as PostingList;
      postings.lose(this.isAlive);
      if (postings.df === 0) this.terms.delete(term);
    }
    this.documentTerms[slot] = [];
    for (let field = 0; field < this.fieldCount; field++) this.count(field, this.lengths[field].data[slot], -1);
    this.version++;
    const dead = this.ids.length - this.size;
    if (dead > compactAbove && dead > this.size) this.compact();
    return true;
  }

  /** Squeezes out the dead slots; the living ones keep their order. */
  compact(): void {
    if (this.ids.length === this.size) return;
    const newSlots = new Int32Array(this.ids.length).fill(-1);
    const alive: number[] = [];
    for (let slot = 0; slot < this.ids.length; slot++) {
      if (!this.isAlive(slot)) continue;
      newSlots[slot] = alive.length;
      this.slots.set(this.ids[slot] as string, alive.length);
      alive.push(slot);
    }
    for (const postings of this.terms.values()) postings.keep(slot => newSlots[slot]);
    this.ids = alive.map(slot => this.ids[slot]);
    this.documentTerms = alive.map(slot => this.documentTerms[slot]);
    this.lengths = this.lengths.map(
      ({ data }) =>
        new GrowingArray(
          Uint32Array.from(alive, slot => data[slot]),
          alive.length,
        ),
    );
  }

  /** Takes over what a file holds: ids by slot (none dead), lengths by field, postings by term. */
  static restore(ids: string[], lengths: Uint32Array[], terms: Iterable<[string, Uint32Array]>): InvertedIndex {
    const index = new InvertedIndex(lengths.length);
    index.ids = ids;
    ids.forEach((id, slot) => {
      index.slots.set(id, slot);
    });
    const documentTerms: string[][] = ids.map(() => []);
    for (const [term, entries] of terms) {
      const postings = new PostingList(entries, entries.length);
      for (let i = 0; i < entries.length; i += 2) {
        if (i > 0 && entries[i] === entries[i - 2]) continue;
        postings.df++;
        documentTerms[entries[i]].push(term);
      }
      index.terms.set(term, postings);
    }
    index.documentTerms = documentTerms;
    index.lengths = lengths.map(values => new GrowingArray(values, values.length));
    lengths.forEach((values, field) => {
      for (const length of values) index.count(field, length, 1);
    });
    return index;
  }

  private postingsOf(term: string): PostingList {
    let postings = this.terms.get(term);
    if (postings === undefined) {
      postings = new PostingList();
      this.terms.set(term, postings);
    }
    return postings;
  }

  private count(field: number, length: number, sign: 1 | -1): void {
    this.totalLength[field] += sign * length;
    if (length > 0) this.withField[field] += sign;
  }
}
