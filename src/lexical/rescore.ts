import { proximityRanker } from '../ranking/proximity.js';
import { type ProximityPlan, SegmentProximity } from './proximity.js';
import type { SegmentReader } from './segment-reader.js';
import { compareFound, type FoundDocument } from './top-k.js';

/** A document by where it lies. */
export type LocatedDocument = Pick<FoundDocument, 'segment' | 'doc'>;

/** Proximity by document. Each segment is read once, in the order of its documents. */
export function proximityOf(documents: readonly LocatedDocument[], plan: ProximityPlan): Float64Array {
  const values = new Float64Array(documents.length);
  for (const [segment, rows] of rowsBySegment(documents)) {
    const proximity = new SegmentProximity(segment, plan);
    for (const row of rows)
      proximity.measure(documents[row].doc, part => {
        values[row] += part;
      });
  }
  return values;
}

/** Rows by segment, in the order of the documents there. */
export function rowsBySegment(documents: readonly LocatedDocument[]): Map<SegmentReader, number[]> {
  const bySegment = new Map<SegmentReader, number[]>();
  documents.forEach(({ segment }, row) => {
    const rows = bySegment.get(segment);
    if (rows === undefined) bySegment.set(segment, [row]);
    else rows.push(row);
  });
  for (const rows of bySegment.values()) rows.sort((a, b) => documents[a].doc - documents[b].doc);
  return bySegment;
}

/**
 * Ranks the best documents anew by their proximity too.
 * @param found  best first by BM25
 * @returns best first; those beyond the depth of the ranker stand behind in their order
 */
export function rescore(found: readonly FoundDocument[], plan: ProximityPlan): FoundDocument[] {
  const head = found.slice(0, proximityRanker.depth);
  const bm25 = Float64Array.from(head, ({ score }) => score);
  const column = (feature: string): Float64Array => (feature === 'bm25' ? bm25 : proximityOf(head, plan));
  const scores = proximityRanker.rank({ ids: [], column });
  const ranked = head.map(({ segment, doc }, row) => ({ segment, doc, score: scores[row] })).sort(compareFound);
  return [...ranked, ...found.slice(proximityRanker.depth)];
}
