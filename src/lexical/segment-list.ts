import type { Attributes } from '../columns/attributes.js';
import type { ObjectAttributes } from '../columns/objects.js';
import { finish } from '../math/finish.js';
import type { SortKey } from '../query/query.js';
import { GrowingArray } from './growing-array.js';
import { IdFilter } from './id-filter.js';
import { type FieldTokens, MemorySegment, numbered, type ReadDocument } from './memory-segment.js';
import { mergeInThread, type RunningMerge } from './merge-in-thread.js';
import { chooseMerge } from './merge-policy.js';
import { mergeSegments } from './merge-segments.js';
import type { SegmentReader } from './segment-reader.js';
import { CollectionStatistics } from './statistics.js';
import { StoredSegment } from './stored-segment.js';
import type { TermNumbers } from './term-numbers.js';

/** When segments are cut, and how they are merged. */
export interface SegmentLimits {
  /** occurrences with values of attributes, and documents, at which the memory segment becomes an immutable one */
  readonly occurrences: number;
  readonly documents: number;
  /** merges of fewer postings are done at once: starting a thread would take longer */
  readonly inlineBelow: number;
}

/**
 * A flush holds up every search that is due meanwhile: an index that is searched flushes little at a time (some 15 ms), one that is only being
 * filled as much as makes fewer merges.
 */
const standardLimits: Readonly<Record<'searched' | 'filled', SegmentLimits>> = {
  searched: { occurrences: 2 ** 15, documents: 2 ** 13, inlineBelow: 2 ** 13 },
  filled: { occurrences: 2 ** 19, documents: 2 ** 16, inlineBelow: 2 ** 13 },
};

/** The segments of an index: one in memory that takes the writes, and immutable ones that a flush makes of it and merges put together. */
export class SegmentList {
  memory: MemorySegment;
  readonly statistics: CollectionStatistics;
  /** since it was opened: immutable segments made of the one in memory, and made of others */
  readonly made = { flushes: 0, merges: 0, inPlace: 0 };
  /** whether there was a search since the last flush */
  private searched = false;
  private segments: StoredSegment[];
  /** `all` of what is there, which every query asks for */
  private known:
    | { readonly segments: StoredSegment[]; readonly memory: MemorySegment; readonly all: readonly SegmentReader[] }
    | undefined;
  /** ids added since it was opened, and the segments that hold others too: whoever fills an index looks for no id in the segments that it made */
  private readonly added = new IdFilter();
  private readonly opened: Set<StoredSegment>;
  private merging:
    | { readonly sources: StoredSegment[]; readonly running: RunningMerge; readonly swapped: Promise<void> }
    | undefined;

  constructor(
    private readonly fieldCount: number,
    stored: readonly StoredSegment[] = [],
    private readonly sort: SortKey | null = null,
    private readonly givenLimits?: SegmentLimits,
  ) {
    this.memory = new MemorySegment(fieldCount, sort);
    this.statistics = new CollectionStatistics(fieldCount);
    this.segments = [...stored];
    this.opened = new Set(stored);
    for (const segment of stored) countIn(this.statistics, segment);
  }

  private get limits(): SegmentLimits {
    return this.givenLimits ?? standardLimits[this.searched ? 'searched' : 'filled'];
  }

  get stored(): readonly StoredSegment[] {
    return this.segments;
  }

  get all(): readonly SegmentReader[] {
    const { segments, memory } = this;
    if (this.known?.segments !== segments || this.known.memory !== memory)
      this.known = { segments, memory, all: [...segments, memory] };
    return this.known.all;
  }

  /** The segment that holds a live document. */
  find(id: string): { segment: StoredSegment | MemorySegment; doc: number } | undefined {
    const inMemory = this.memory.find(id);
    if (inMemory >= 0) return { segment: this.memory, doc: inMemory };
    const everywhere = this.added.mayHold(id);
    if (!everywhere && this.opened.size === 0) return undefined;
    for (let i = this.segments.length - 1; i >= 0; i--) {
      if (!everywhere && !this.opened.has(this.segments[i])) continue;
      const doc = this.segments[i].find(id);
      if (doc >= 0) return { segment: this.segments[i], doc };
    }
    return undefined;
  }

  /** Adds a document of terms alone, or replaces the one of the same id. */
  add(id: string, fields: FieldTokens): void {
    finish(
      this.adding(id, { fields: fields.map(tokens => numbered(tokens, this.numbers)), words: new GrowingArray() }),
    );
  }

  /** What the terms of the next document are numbered by. */
  get numbers(): TermNumbers {
    if (this.memory.numbers.isFull && this.memory.documentCount === 0)
      this.memory = new MemorySegment(this.fieldCount, this.sort);
    return this.memory.numbers;
  }

  /**
   * Adds a document or replaces the one of the same id, work that tells its units (src/search/turns.ts). Before it is done no other document may be added
   * or removed; searches find what was there.
   * @param document  by the numbers that were given out last
   */
  *adding(
    id: string,
    document: ReadDocument,
    attributes?: Attributes,
    objects?: readonly ObjectAttributes[],
  ): Generator<number, void> {
    let { memory } = this;
    let slot = yield* memory.adding(document, attributes, objects);
    if (memory !== this.memory) {
      // the index was saved meanwhile
      memory = this.memory;
      slot = finish(memory.adding(document, attributes, objects));
    }
    this.remove(id);
    memory.show(slot, id);
    this.added.add(id);
    const { fields } = document;
    this.statistics.grow(fields.length);
    this.statistics.count(field => fields[field]?.length ?? 0, 1);
    const { occurrences, documents } = this.limits;
    if (memory.occurrences >= occurrences || memory.documentCount >= documents) yield* this.flushing();
  }

  /** Notes the id of a document that is to come with a segment. @returns whether a document of this id may be there, or to come, already */
  expect(id: string): boolean {
    return this.added.add(id) || this.opened.size > 0;
  }

  /**
   * Takes an immutable segment in, behind all that is there.
   * @param file      bytes of a whole segment file; its ids are expected
   * @param replaced  those of its ids that documents before it may have
   */
  takeIn(file: Uint8Array, replaced: Iterable<string>): void {
    this.flush();
    for (const id of replaced) this.remove(id);
    const segment = new StoredSegment(file);
    this.statistics.grow(segment.fieldCount);
    countIn(this.statistics, segment);
    this.segments = [...this.segments, segment];
    this.made.flushes++;
    this.startMerges();
  }

  noteSearch(): void {
    this.searched = true;
  }

  remove(id: string): boolean {
    const found = this.find(id);
    if (found === undefined) return false;
    const { segment, doc } = found;
    this.statistics.count(field => segment.fieldLength(field, doc), -1);
    segment.remove(doc);
    return true;
  }

  /** Makes an immutable segment of the one in memory, and starts the merge that may now be due. */
  flush(): void {
    finish(this.flushing());
  }

  /** The same as work that tells its units: until it is done the segment in memory answers, and takes no writes. */
  *flushing(): Generator<number, void> {
    const flushed = this.memory;
    if (flushed.documentCount === 0) return;
    const file = flushed.liveCount > 0 ? yield* flushed.writing() : undefined;
    if (this.memory !== flushed) return; // the index was saved meanwhile
    this.searched = false;
    this.memory = new MemorySegment(this.fieldCount, this.sort, flushed.numbers);
    if (file !== undefined) this.segments = [...this.segments, new StoredSegment(file)];
    this.made.flushes++;
    this.startMerges();
  }

  /** Merges all into one immutable segment without removed documents, in a thread where it is worth one. */
  async compact(): Promise<void> {
    this.flush();
    for (;;) {
      if (this.merging !== undefined) {
        this.merging.running.hold();
        await this.merging.swapped;
      } else {
        const wasted = this.segments.length > 1 || this.segments.some(segment => segment.removedCount > 0);
        if (!wasted) return;
        this.merge([...this.segments]);
      }
    }
  }

  private startMerges(): void {
    this.segments = this.segments.filter(segment => segment.liveCount > 0 || this.merging?.sources.includes(segment));
    for (const segment of this.opened) if (!this.segments.includes(segment)) this.opened.delete(segment);
    while (this.merging === undefined) {
      const sizes = this.segments.map(({ header, documentCount, removedCount }) => ({
        postings: header.postings,
        documents: documentCount,
        removed: removedCount,
      }));
      const chosen = chooseMerge(sizes);
      if (chosen.length === 0) return;
      this.merge(chosen.map(place => this.segments[place]));
    }
  }

  private merge(sources: StoredSegment[]): void {
    const before = sources.map(({ file, removed }) => ({ file, removed: removed.slice() }));
    const postings = sources.reduce((sum, { header }) => sum + header.postings, 0);
    if (postings < this.limits.inlineBelow) {
      this.swap(
        sources,
        before.map(({ removed }) => removed.slice()),
        mergeSegments(before),
      );
      return;
    }
    const running = mergeInThread(before);
    const atStart = before.map(({ removed }) => removed);
    // a thread that could not be started or died: the work is done here instead
    const merged = running.done.catch((reason: Error) => {
      if (this.made.inPlace++ === 0)
        process.emitWarning(
          `segments are merged between searches, for the thread that should has failed: ${reason.message}`,
        );
      return mergeSegments(sources.map(({ file }, i) => ({ file, removed: atStart[i].slice() })));
    });
    const swapped = merged.then(file => {
      this.merging = undefined;
      this.swap(sources, atStart, file);
      this.startMerges();
    });
    this.merging = { sources, running, swapped };
  }

  /** Puts a merged segment in the place of its sources; what was removed from them meanwhile is removed from it. */
  private swap(sources: readonly StoredSegment[], atStart: readonly Uint32Array[], file: Uint8Array): void {
    this.made.merges++;
    const merged = new StoredSegment(file);
    if (sources.filter(source => this.opened.delete(source)).length > 0) this.opened.add(merged);
    sources.forEach((source, i) => {
      for (let word = 0; word < source.removed.length; word++) {
        for (let since = source.removed[word] & ~atStart[i][word]; since !== 0; since &= since - 1) {
          merged.remove(merged.find(source.idOf(word * 32 + 31 - Math.clz32(since & -since))));
        }
      }
    });
    const place = this.segments.indexOf(sources[0]);
    const rest = this.segments.filter(segment => !sources.includes(segment));
    this.segments = merged.liveCount === 0 ? rest : rest.toSpliced(Math.min(place, rest.length), 0, merged);
  }
}

function countIn(statistics: CollectionStatistics, segment: StoredSegment): void {
  const { documents, totalLength, withField } = segment.header;
  statistics.addAll(documents, totalLength, withField);
  for (let doc = 0; doc < documents; doc++) {
    if (!segment.isLive(doc)) statistics.count(field => segment.fieldLength(field, doc), -1);
  }
}
