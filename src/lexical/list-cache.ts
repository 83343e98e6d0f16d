import { blockSize } from './bit-packing.js';
import { type DecodedList, decodeList } from './decoded-list.js';
import { ShapeNumbers } from './posting-shapes.js';
import { ScoredList } from './scored-list.js';
import type { StoredSegment } from './stored-segment.js';
import type { Weighting } from './weighting.js';

/** Memory for the unpacked posting lists of an index, in bytes, unless it is told otherwise. */
export const usualCacheBytes = 2 ** 27;

/** Units of work that it takes to unpack a posting, and to score a shape or bound a block. */
const unpackWork = 1 / 8;
const scoreWork = 1 / 4;

/** A segment that a merge has put away takes its lists along. */
type Lists = WeakMap<StoredSegment, Map<number, Entry>>;

interface Entry {
  readonly list: DecodedList;
  scored: ScoredList | undefined;
}

/**
 * Posting lists of immutable segments that queries asked for of late, unpacked, with the scores of their shapes under the statistics of the last
 * query. Two generations: what is not asked for while the younger one fills half of the memory goes.
 */
export class ListCache {
  private younger: Lists = new WeakMap();
  private older: Lists = new WeakMap();
  private youngerBytes = 0;
  private olderBytes = 0;
  /** units of work (src/search/turns.ts) that lists have taken since it was made */
  work = 0;
  /** look-ups that found a list, and that had to unpack it */
  hits = 0;
  misses = 0;
  private readonly shapes = new ShapeNumbers();

  /** @param limit  bytes of all lists together; a list of more than half of them is unpacked for every query */
  constructor(private readonly limit = usualCacheBytes) {}

  /** Memory of the lists that are kept; counts those of segments that are gone until their turn comes. */
  get bytes(): number {
    return this.youngerBytes + this.olderBytes;
  }

  /** @param ordinal  number of the term in the segment. @param weight  of the term */
  scored(segment: StoredSegment, ordinal: number, weighting: Weighting, weight: number): ScoredList {
    const entry = this.entryOf(segment, ordinal);
    const { scored } = entry;
    if (scored !== undefined && scored.weighting === weighting && scored.weight === weight) return scored;
    entry.scored = new ScoredList(entry.list, segment.arrays, weighting, weight);
    this.work += (entry.scored.scores.length + entry.list.codes.length / blockSize) * scoreWork;
    return entry.scored;
  }

  private entryOf(segment: StoredSegment, ordinal: number): Entry {
    const found = this.younger.get(segment)?.get(ordinal);
    if (found !== undefined) {
      this.hits++;
      return found;
    }
    const kept = this.older.get(segment)?.get(ordinal);
    if (kept === undefined) this.misses++;
    else this.hits++;
    const entry = kept ?? this.decode(segment, ordinal);
    const { bytes } = entry.list;
    if (bytes * 2 > this.limit) return entry;
    if (this.youngerBytes + bytes > this.limit / 2) {
      this.older = this.younger;
      this.olderBytes = this.youngerBytes;
      this.younger = new WeakMap();
      this.youngerBytes = 0;
    }
    this.youngerBytes += bytes;
    let lists = this.younger.get(segment);
    if (lists === undefined) {
      lists = new Map();
      this.younger.set(segment, lists);
    }
    lists.set(ordinal, entry);
    return entry;
  }

  private decode(segment: StoredSegment, ordinal: number): Entry {
    const postings = segment.borrowPostings();
    try {
      const list = decodeList(segment, postings, ordinal, this.shapes);
      this.work += list.codes.length * unpackWork;
      return { list, scored: undefined };
    } finally {
      segment.giveBack(postings);
    }
  }
}
