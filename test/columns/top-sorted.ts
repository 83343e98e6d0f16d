import { FirstDocuments, isSortedBy, type SearchableSegment } from '../../src/columns/first-documents.js';
import { documentOrder, type PlacedDocument } from '../../src/columns/sort.js';
import { type BitSet, nextBit } from '../../src/math/bit-set.js';
import type { SortKey } from '../../src/query/query.js';

/**
 * The first k matching documents in the order of the keys. A segment that lies in the order of the one key asked for is left when what follows
 * in it comes too late.
 * @param matches  by segment; removed documents are passed over
 * @param k  integer >= 1
 * @param scoreOf  for `_score`
 */
export function topSorted(
  segments: readonly SearchableSegment[],
  matches: readonly BitSet[],
  keys: readonly SortKey[],
  k: number,
  scoreOf?: (place: number, doc: number) => number,
): PlacedDocument[] {
  const order = documentOrder(segments, keys);
  const best = new FirstDocuments(k, order);
  segments.forEach((segment, place) => {
    const inOrder = keys.length === 1 && isSortedBy(segment, keys[0]);
    const offered = { place, doc: 0, score: 0 };
    for (let doc = nextBit(matches[place], 0); doc >= 0; doc = nextBit(matches[place], doc + 1)) {
      if (!segment.isLive(doc)) continue;
      offered.doc = doc;
      if (scoreOf !== undefined) offered.score = scoreOf(place, doc);
      if (!best.offer(offered) && inOrder) return;
    }
  });
  return best.take();
}
