import type { ReadyFilter } from '../columns/ready-filter.js';
import { type BitSet, countBits, eachBit, fullBitSet, hasBit, intersect } from '../math/bit-set.js';
import type { SegmentReader } from './segment-reader.js';

/** Documents that meet a condition, as they were at the moment at which it was asked. */
export interface AcceptedDocuments {
  /** living ones */
  readonly count: number;
  readonly segments: readonly SegmentReader[];
  /** by segment, living ones */
  readonly documents: readonly BitSet[];
  has(id: string): boolean;
  ids(): Iterable<string>;
}

/** By segment the documents that meet every clause, removed ones too. Not to be changed: sets of immutable segments are kept between calls. */
export const matchFilter = (segments: readonly SegmentReader[], filter: ReadyFilter): BitSet[] =>
  segments.map(({ columns, documentCount }) => {
    const [first, ...others] = filter.map(clause => columns.matching(clause));
    if (first === undefined) return fullBitSet(documentCount);
    if (others.length === 0) return first;
    const bits = first.slice();
    for (const other of others) intersect(bits, other);
    return bits;
  });

/** Look-ups, as a share of the accepted documents, from which on a set of their ids is worth making. */
const lookUpsForSet = 0.25;

/** @param matches  by segment */
export function acceptedDocuments(segments: readonly SegmentReader[], matches: readonly BitSet[]): AcceptedDocuments {
  const live = segments.map((segment, place) => segment.living(matches[place]));
  const count = live.reduce((sum, bits) => sum + countBits(bits), 0);
  let asked = 0;
  let known: Set<string> | undefined;
  const ids = function* (): IterableIterator<string> {
    for (let place = 0; place < segments.length; place++) {
      const docs: number[] = [];
      eachBit(live[place], doc => docs.push(doc));
      for (const doc of docs) if (segments[place].isLive(doc)) yield segments[place].idOf(doc);
    }
  };
  return {
    count,
    segments,
    documents: live,
    ids,
    has: id => {
      if (known === undefined && ++asked > count * lookUpsForSet) known = new Set(ids());
      if (known !== undefined) return known.has(id);
      return segments.some((segment, place) => {
        const doc = segment.find(id);
        return doc >= 0 && hasBit(live[place], doc);
      });
    },
  };
}
