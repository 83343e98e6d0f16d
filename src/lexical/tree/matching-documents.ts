import { type BitSet, countBits, hasBit } from '../../math/bit-set.js';
import type { SegmentReader } from '../segment-reader.js';

/** The documents that match a query, as they were at the call. */
export interface MatchingDocuments {
  readonly count: number;
  readonly segments: readonly { readonly segment: SegmentReader; readonly documents: BitSet }[];
  has(id: string): boolean;
}

export function matchingDocuments(segments: MatchingDocuments['segments']): MatchingDocuments {
  return {
    count: segments.reduce((sum, { documents }) => sum + countBits(documents), 0),
    segments,
    has: id =>
      segments.some(({ segment, documents }) => {
        const doc = segment.find(id);
        return doc >= 0 && hasBit(documents, doc);
      }),
  };
}
