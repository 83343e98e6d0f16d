import { LRUCache } from 'lru-cache';
import type { ReadyFilter } from '../columns/ready-filter.js';
import { type AcceptedDocuments, acceptedDocuments, matchFilter } from './accepted.js';
import type { SegmentList } from './segment-list.js';
import type { StoredSegment } from './stored-segment.js';

/** Bytes of all accepted sets that are kept together; what one takes at least, and for each of its ids, which it may come to hold. */
const keptBytes = 2 ** 26;
const entryBytes = 2 ** 10;
const idBytes = 64;

/** What filters accept, kept until the documents or the segments change; the bit sets behind it outlast that. */
export function acceptedCache(list: SegmentList): (filter: ReadyFilter) => AcceptedDocuments {
  const kept = new LRUCache<string, AcceptedDocuments>({
    maxSize: keptBytes,
    sizeCalculation: ({ count, documents }, name) =>
      entryBytes + 2 * name.length + idBytes * count + documents.reduce((sum, { byteLength }) => sum + byteLength, 0),
  });
  let version = -1;
  let stored: readonly StoredSegment[] | undefined;
  return filter => {
    if (version !== list.statistics.version || stored !== list.stored) kept.clear();
    version = list.statistics.version;
    stored = list.stored;
    const name = JSON.stringify(filter);
    const known = kept.get(name);
    if (known !== undefined) return known;
    const segments = list.all;
    const found = acceptedDocuments(segments, matchFilter(segments, filter));
    kept.set(name, found);
    return found;
  };
}
