import { type ObjectSource, objectsVersion } from '../columns/object-file.js';
import { openColumns } from '../columns/open-columns.js';
import type { StoredColumns } from '../columns/stored-columns.js';
import { type BitSet, subtract } from '../math/bit-set.js';
import type { SortKey } from '../query/query.js';
import { BlockPostings } from './block-postings.js';
import type { CountedTerm } from './counted-term.js';
import { DocumentIds, packPlainIds } from './document-ids.js';
import { FrequentTerms } from './frequent-terms.js';
import { NumberReader } from './growing-bytes.js';
import { storedIdColumn } from './id-columns.js';
import { LostPostings } from './lost-postings.js';
import { openSegmentFile, packedVersion, type SegmentArrays, type SegmentHeader } from './segment-file.js';
import type { PostingIterator, SegmentReader } from './segment-reader.js';
import { prefixTerms } from './sorted-terms.js';
import { TermDictionary } from './term-dictionary.js';
import { wordsVersion } from './word-arrays.js';
import { WordList } from './word-list.js';

/** Terms whose numbers are remembered, those that the segment does not have too. */
const rememberedTerms = 2 ** 15;
/** Iterators that are kept for later. */
const mostSpare = 64;

/**
 * An immutable segment over the bytes of its file, and the one thing about it that changes: which of its documents were removed.
 * Opening it makes no object for a term or a document.
 */
export class StoredSegment implements SegmentReader {
  readonly header: SegmentHeader;
  readonly arrays: SegmentArrays;
  readonly dictionary: TermDictionary;
  /** undefined where it was written before words were kept */
  readonly words: WordList | undefined;
  readonly ids: DocumentIds;
  readonly columns: StoredColumns;
  /** of lists; undefined where there are none */
  readonly objects: ObjectSource | undefined;
  /** a bit for each removed document */
  readonly removed: Uint32Array;
  removedCount = 0;
  private readonly lost: LostPostings;
  private readonly ordinals = new Map<string, number>();
  /** Iterators that no query uses at present: making their buffers costs more than a short posting list. */
  private readonly spare: BlockPostings[] = [];

  /**
   * @param file  bytes of a whole segment file
   * @param removed  as it was saved; taken over, not copied
   */
  constructor(
    readonly file: Uint8Array,
    removed?: Uint32Array,
  ) {
    const { header, arrays } = openSegmentFile(file);
    this.header = header;
    this.arrays = arrays;
    this.dictionary = new TermDictionary(arrays.terms, arrays.termEnds);
    this.ids = new DocumentIds(header.documents, header.idUnit, () =>
      header.packed === packedVersion ? arrays : packPlainIds(arrays),
    );
    const { columns, objects } = openColumns(arrays, storedIdColumn(this.ids, header.documents), this.keepsObjects);
    this.columns = columns;
    this.objects = objects;
    this.removed = removed ?? new Uint32Array((header.documents + 31) >>> 5);
    const { dictionary } = this;
    this.lost = new LostPostings(() => new BlockPostings(arrays, header.fields));
    this.words =
      header.words === wordsVersion
        ? new WordList(arrays, {
            isWhole: () => this.removedCount === 0,
            term: ordinal => dictionary.term(ordinal),
            frequency: ordinal => this.frequency(ordinal),
            liveFrequency: ordinal => this.liveFrequency(ordinal),
          })
        : undefined;
    for (let doc = 0; doc < header.documents; doc++) {
      if (this.isLive(doc)) continue;
      this.removedCount++;
      this.lost.lose(doc);
    }
  }

  get documentCount(): number {
    return this.header.documents;
  }

  get sortedBy(): SortKey | null {
    return this.header.sortedBy;
  }

  get fieldCount(): number {
    return this.header.fields;
  }

  /** whether objects of lists were kept apart when it was written */
  get keepsObjects(): boolean {
    return this.header.objects === objectsVersion;
  }

  get liveCount(): number {
    return this.header.documents - this.removedCount;
  }

  isLive(doc: number): boolean {
    return (this.removed[doc >>> 5] & (1 << (doc & 31))) === 0;
  }

  living(docs: BitSet): BitSet {
    if (this.removedCount === 0) return docs;
    const bits = docs.slice();
    subtract(bits, this.removed);
    return bits;
  }

  /** @param doc  a live document */
  remove(doc: number): void {
    this.removed[doc >>> 5] |= 1 << (doc & 31);
    this.removedCount++;
    this.lost.lose(doc);
  }

  idOf(doc: number): string {
    return this.ids.id(doc);
  }

  compareIds(a: number, b: number): number {
    const { rankOf } = this.ids;
    return rankOf[a] - rankOf[b];
  }

  find(id: string): number {
    for (const doc of this.ids.find(id)) if (this.isLive(doc)) return doc;
    return -1;
  }

  fieldLength(field: number, doc: number): number {
    return field < this.header.fields ? this.arrays.lengths[field * this.header.documents + doc] : 0;
  }

  /** Number of a term; -1 where the segment has none. Remembered: queries ask for the same terms again and again. */
  ordinalOf(term: string): number {
    const known = this.ordinals.get(term);
    if (known !== undefined) return known;
    const ordinal = this.dictionary.find(term);
    if (this.ordinals.size >= rememberedTerms) this.ordinals.clear();
    this.ordinals.set(term, ordinal);
    return ordinal;
  }

  documentFrequency(term: string): number {
    const ordinal = this.ordinalOf(term);
    return ordinal < 0 ? 0 : this.liveFrequency(ordinal);
  }

  /** df of a term by its number, over live documents. */
  liveFrequency(ordinal: number): number {
    return this.lost.isEmpty ? this.frequency(ordinal) : this.lost.liveFrequency(ordinal);
  }

  /** Documents that hold a term, removed ones too. */
  private frequency(ordinal: number): number {
    const { entries, entryEnds } = this.arrays;
    return new NumberReader(entries, ordinal === 0 ? 0 : entryEnds[ordinal - 1]).read();
  }

  /** An iterator before its `open`; give it back when it is done with. */
  borrowPostings(): BlockPostings {
    return this.spare.pop() ?? new BlockPostings(this.arrays, this.header.fields);
  }

  giveBack(postings: BlockPostings): void {
    if (this.spare.length < mostSpare) this.spare.push(postings);
  }

  postings(term: string): BlockPostings | undefined {
    const ordinal = this.ordinalOf(term);
    if (ordinal < 0) return undefined;
    const postings = this.borrowPostings();
    postings.open(ordinal);
    return postings;
  }

  release(postings: PostingIterator): void {
    if (postings instanceof BlockPostings) this.giveBack(postings);
  }

  terms(prefix: string): IterableIterator<string> {
    return prefixTerms(this.dictionary, prefix);
  }

  frequentTerms(prefix: string, most: number): CountedTerm[] {
    const best = new FrequentTerms(most);
    const [from, to] = this.dictionary.rangeOf(prefix);
    const { entries, entryEnds } = this.arrays;
    const entry = new NumberReader(entries);
    for (let ordinal = from; ordinal < to; ordinal++) {
      entry.at = ordinal === 0 ? 0 : entryEnds[ordinal - 1];
      const df = entry.read();
      if (df >= best.least) best.offer(this.dictionary.term(ordinal), df);
    }
    return best.take();
  }

  fuzzy(term: string, distance: number): readonly string[] {
    return this.dictionary.near(term, distance);
  }
}
