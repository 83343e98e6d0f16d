import { termScore } from '../../src/lexical/bm25.js';
import { noMoreDocuments, type SegmentReader } from '../../src/lexical/segment-reader.js';
import type { Weighting } from '../../src/lexical/weighting.js';
import type { Candidate } from '../../src/ranking/candidate.js';

/**
 * The oracle of pruning: every posting of every segment, read one by one through the public iterators, scored, added up in the order of
 * falling weight, the optional ones last, and sorted. Its scores must be those of the engine to the last bit.
 */
export function exhaustiveSearch(
  segments: readonly SegmentReader[],
  weighting: Weighting,
  counts: ReadonlyMap<string, number>,
  k: number,
  accept: (id: string) => boolean = () => true,
  optional: ReadonlySet<string> = new Set(),
): Candidate[] {
  const terms = [...counts].map(([term, repeats]) => {
    const df = segments.reduce((sum, segment) => sum + liveDocuments(segment, term), 0);
    return { term, weight: weighting.idf(df) * repeats };
  });
  const last = (term: string): number => (optional.has(term) ? 1 : 0);
  terms.sort((a, b) => last(a.term) - last(b.term) || b.weight - a.weight);
  const hits = segments.flatMap(segment => {
    const scores = new Map<number, number>();
    for (const { term, weight } of terms) {
      const postings = segment.postings(term);
      for (let doc = postings?.next(); postings && doc !== noMoreDocuments; doc = postings.next()) {
        if (doc === undefined || !segment.isLive(doc)) continue;
        if (optional.has(term) && !scores.has(doc)) continue;
        let frequency = 0;
        for (let field = 0; field < segment.fieldCount; field++) {
          const tf = postings.frequency(field);
          if (tf > 0) frequency += tf * weighting.occurrence(field, segment.fieldLength(field, doc));
        }
        scores.set(doc, (scores.get(doc) ?? 0) + termScore(weighting.k1, weight, frequency));
      }
    }
    return [...scores].map(([doc, score]) => ({ id: segment.idOf(doc), score }));
  });
  return hits
    .filter(hit => accept(hit.id))
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
    .slice(0, k);
}

function liveDocuments(segment: SegmentReader, term: string): number {
  let count = 0;
  const postings = segment.postings(term);
  for (let doc = postings?.next(); postings && doc !== noMoreDocuments; doc = postings.next()) {
    if (doc !== undefined && segment.isLive(doc)) count++;
  }
  return count;
}
