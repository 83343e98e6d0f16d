import { documentOrder, type OrderKey, type PlacedDocument } from '../../src/columns/sort.js';
import { isSortedBy, type SearchableSegment } from '../../src/columns/sorted-segment.js';
import { type BitSet, nextBit } from '../../src/math/bit-set.js';
import { FirstInOrder } from '../../src/math/first-in-order.js';

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
  keys: readonly OrderKey[],
  k: number,
  scoreOf?: (place: number, doc: number) => number,
): PlacedDocument[] {
  const order = documentOrder(segments, keys);
  const best = new FirstInOrder<PlacedDocument>(k, order);
  segments.forEach((segment, place) => {
    const inOrder = keys.length === 1 && isSortedBy(segment, keys[0]);
    for (let doc = nextBit(matches[place], 0); doc >= 0; doc = nextBit(matches[place], doc + 1)) {
      if (!segment.isLive(doc)) continue;
      if (!best.offer({ place, doc, score: scoreOf?.(place, doc) }) && inOrder) return;
    }
  });
  return best.take();
}
